import { float32, ProgramBuilder, Random, type Tensor, type Value } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../../src/learning/networks/network.js';
import { buildNetwork, networks } from '../../../src/learning/networks/registry.js';
import { compute, convolutionsOf, small } from './small-networks.js';

const { names } = networks;

function drawn(dims: readonly number[], seed = 9): Tensor {
  const random = new Random(seed);
  return float32(
    Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal()),
    dims,
  );
}

const weightsOf = ({ graph }: Network) =>
  Object.fromEntries(
    graph.initializers.map(({ name, data }) => [name, Array.from(data?.data as Float32Array)]),
  );

describe('every network of the registry', () => {
  it.each(names)('%s has a description', (name) =>
    expect(networks.find(name).description).toMatch(/convolution/),
  );

  const heads = names.flatMap((name) => (['wide', 'pooled'] as const).map((head) => [name, head] as const));
  it.each(heads)('%s with the %s head computes finite logits, for any batch', async (name, head) => {
    const network = buildNetwork(name, small({ head }));
    expect(network.input.shape).toEqual(['batch', 1, 32, 24]);
    expect(network.logits.shape).toEqual(['batch', 10]);
    for (const batch of [1, 3]) {
      const [logits = []] = await compute(network.graph, drawn([batch, 1, 32, 24]), [network.logits]);
      expect(logits.length).toBe(batch * 10);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(new Set(logits).size).toBeGreaterThan(1);
    }
  });

  it.each(heads)('%s with the %s head is differentiable in all its weights', (name, head) => {
    const { graph } = buildNetwork(name, small({ head }));
    const builder = new ProgramBuilder();
    const features = builder.graph.input('features', ['batch', 1, 32, 24]);
    const copy = builder.include(graph, { inputs: { features }, training: true });
    const loss = builder.graph.apply('ReduceSum', [copy.value(graph.outputs[0] as Value)], { keepdims: 0 });
    const { gradients, masks } = builder.trainingProgram(loss);
    // Not the running statistics, nor the matrices of the adaptive pooling.
    const weights = graph.initializers.map((value) => value.name).filter((w) => /weight|bias|scale/.test(w));
    expect(Object.keys(gradients).sort()).toEqual(weights.sort());
    expect(masks.length).toBe(head === 'wide' ? 2 : 0);
  });

  it.each(names)('%s: the same seed gives the same weights, another seed others', (name) => {
    const build = (seed: number) => weightsOf(buildNetwork(name, small({ random: new Random(seed) })));
    expect(build(5)).toEqual(build(5));
    expect(build(5)['conv1_1.weight']).not.toEqual(build(6)['conv1_1.weight']);
  });

  it.each(names)('%s takes the smallest inputs', async (name) => {
    for (const input of [
      [1, 1, 1],
      [1, 2, 5],
      [2, 9, 1],
      [1, 7, 7],
    ] as const) {
      const network = buildNetwork(name, small({ input }));
      const [logits = []] = await compute(network.graph, drawn([2, ...input]), [network.logits]);
      expect(logits.every(Number.isFinite), `input ${input.join(' x ')}`).toBe(true);
    }
  });

  it.each(names)('%s: a tap before its ReLU differs from the one after only below zero', async (name) => {
    const network = buildNetwork(name, small());
    for (const tap of convolutionsOf(network)) {
      const [before = [], after = []] = await compute(network.graph, drawn([1, 1, 32, 24]), [
        tap.before,
        tap.after,
      ]);
      expect(Math.min(...before)).toBeLessThan(0);
      expect(after).toEqual(before.map((value) => Math.max(0, value)));
    }
  });
});
