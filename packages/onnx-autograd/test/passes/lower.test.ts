import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { float } from '../../src/graph/attributes.js';
import { lowerForWebGpu } from '../../src/passes/lower.js';
import { Random } from '../../src/random.js';
import { elementCount, float32, toNumbers } from '../../src/tensor.js';
import { describeRow } from '../gradients/row.js';
import { drawInputs, drawWeights, feedsOf, gradientGraph } from '../gradients/row-graph.js';
import { rows } from '../gradients/rows/index.js';
import { runOnce } from '../run-graph.js';

/** The largest distance of two lists, relative to the size of the numbers. */
function distance(wanted: readonly number[], found: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  const size = Math.max(1e-30, Math.hypot(...wanted));
  return Math.hypot(...wanted.map((value, i) => value - (found[i] as number))) / size;
}

// On the CPU, which runs both: whether WebGPU can run the result is tested on devices.
describe('a graph rewritten for WebGPU computes what it did', () => {
  const rewritten = rows.filter(({ operator }) =>
    ['BatchNormalization', 'Dropout', 'MaxPool', 'Conv', 'Pow'].includes(operator),
  );
  it.each(rewritten.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const { graph, y, gradients } = gradientGraph(row);
    const weights = drawWeights(y.knownShape as readonly number[]);
    const feeds = { ...feedsOf(row, drawInputs(row), 'float32'), weights };
    const lowered = lowerForWebGpu(graph).graph;
    const [inputs, left] = [graph, lowered].map((of) => new Set(of.inputs.map(({ name }) => name)));
    expect(left, 'what is fed').toEqual(inputs);
    const [wanted, found] = [await runOnce(graph, feeds), await runOnce(lowered, feeds)];
    for (const { name } of gradients.values()) {
      expect(distance(toNumbers(wanted[name]!), toNumbers(found[name]!)), name).toBeLessThan(1e-5);
    }
  });

  it.each([[[6, 3]], [[4, 3, 5]], [[4, 3, 2, 5]]])('running statistics of a batch of %s', async (dims) => {
    const random = new Random(4);
    const drawn = (sizes: number[]) =>
      float32(
        Array.from({ length: elementCount(sizes) }, () => 1 + random.uniform()),
        sizes,
      );
    const graph = new Graph('statistics');
    const inputs = [graph.input('x', dims), ...[1, 2, 3, 4].map(() => graph.initializer(drawn([3])))];
    const attributes = { training_mode: 1, momentum: float(0.7), epsilon: float(0.01) };
    const outputs = graph.applyAll('BatchNormalization', inputs, attributes, {
      outputs: ['y', 'mean', 'variance'],
    });
    for (const output of outputs) graph.output(output);
    const lowered = lowerForWebGpu(graph);
    expect(lowered.graph.nodes.map(({ operator }) => operator)).not.toContain('BatchNormalization');
    expect(lowered.graph.outputs.map(({ name }) => name)).toEqual(['y', 'mean', 'variance']);
    const x = drawn(dims);
    const [wanted, found] = [await runOnce(graph, { x }), await runOnce(lowered.graph, { x })];
    for (const name of ['y', 'mean', 'variance']) {
      expect(distance(toNumbers(wanted[name]!), toNumbers(found[name]!)), name).toBeLessThan(1e-6);
    }
  });
});

it('what WebGPU’s kernels refuse is handed to the processor by name', () => {
  const graph = new Graph('refused');
  const filter = (dims: number[]) => graph.initializer(float32(new Float32Array(elementCount(dims)), dims));
  const x = graph.input('x', [1, 4, 5, 5, 5]);
  const map = graph.input('map', [1, 4, 6, 6]);
  const [, indices] = graph.applyAll(
    'MaxPool',
    [map],
    { kernel_shape: [2, 2] },
    { name: 'pool', outputCount: 2 },
  );
  const made = [
    graph.apply('Conv', [x, filter([4, 2, 3, 3, 3])], { group: 2 }, { name: 'grouped' }),
    graph.apply('Conv', [x, filter([4, 4, 3, 3, 3])], {}, { name: 'whole' }),
    graph.apply('ConvTranspose', [x, filter([4, 2, 3, 3, 3])], {}, { name: 'transposed' }),
    graph.apply('Pow', [map, filter([4, 1, 1])], {}, { name: 'stretched' }),
    graph.apply('Pow', [map, map], {}, { name: 'alike' }),
    // Its indices are read by nobody, so they are not asked for.
    graph.applyAll('MaxPool', [map], { kernel_shape: [3, 3] }, { name: 'plain', outputCount: 2 })[0]!,
    indices!,
  ];
  for (const value of made) graph.output(value);
  const lowered = lowerForWebGpu(graph);
  expect([...lowered.onProcessor].sort()).toEqual(['grouped', 'pool', 'stretched', 'transposed']);
  expect(lowered.graph.nodes.find(({ name }) => name === 'plain')?.outputs).toHaveLength(1);
});

it('outputs that nobody reads once nodes are rewritten are not computed', () => {
  const graph = new Graph('unread');
  const x = graph.input('x', [1, 2, 4, 4]);
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const [y, indices] = graph.applyAll('MaxPool', [x], window, { outputCount: 2 });
  graph.output(graph.apply('MaxUnpool', [y, indices], window));
  const scalars = [
    graph.constant(float32(0)),
    graph.constant({ type: 'bool', dims: [], data: Uint8Array.of(1) }),
  ];
  graph.output(graph.applyAll('Dropout', [x, ...scalars], {}, { outputCount: 2 })[0]!);
  const lowered = lowerForWebGpu(graph);
  const operators = lowered.graph.nodes.map(({ operator }) => operator);
  expect(operators).not.toContain('Dropout');
  expect(operators).not.toContain('MaxUnpool');
  expect(lowered.onProcessor).toEqual([]);
});
