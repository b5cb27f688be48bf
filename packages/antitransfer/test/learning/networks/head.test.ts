import { expressions, float32, Graph, Random, readOnnx, type Value, writeOnnx } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { withHead } from '../../../src/learning/networks/head.js';
import { type Network, networkOf } from '../../../src/learning/networks/network.js';
import { buildNetwork, networks } from '../../../src/learning/networks/registry.js';

const { matMul, transpose, globalAveragePool, flatten, reshape } = expressions;

/** A convolution, and what makes logits of its maps. */
function network(head: (graph: Graph, maps: Value) => Value): Network {
  const graph = new Graph('net');
  const random = new Random(1);
  const draw = (...shape: number[]) =>
    float32(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
      shape,
    );
  const input = graph.input('features', ['batch', 1, 8, 8]);
  const maps = graph.apply(
    'Conv',
    [input, graph.initializer(draw(6, 1, 3, 3), 'conv.weight')],
    {},
    { name: 'conv' },
  );
  graph.output(head(graph, maps));
  return networkOf(graph);
}

const weight = (graph: Graph, ...shape: number[]) =>
  graph.initializer(
    float32(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), shape),
    'head.weight',
  );
const bias = (graph: Graph, count: number) =>
  graph.initializer(float32(new Float32Array(count).fill(0.25), [count]), 'head.bias');
const pooled = (maps: Value) => flatten(globalAveragePool(maps));

/** Every way in which exporters write a last layer of four outputs. */
const forms: Record<string, (graph: Graph, maps: Value) => Value> = {
  'Gemm, weight turned': (g, m) =>
    g.apply('Gemm', [pooled(m), weight(g, 4, 6), bias(g, 4)], { transB: 1 }, {}),
  'Gemm, weight as it is': (g, m) => g.apply('Gemm', [pooled(m), weight(g, 6, 4), bias(g, 4)], {}, {}),
  'Gemm without bias': (g, m) => g.apply('Gemm', [pooled(m), weight(g, 6, 4)], {}, {}),
  MatMul: (g, m) => matMul(pooled(m), weight(g, 6, 4)),
  'MatMul and Add': (g, m) => g.apply('Add', [matMul(pooled(m), weight(g, 6, 4)), bias(g, 4)], {}, {}),
  'Add and MatMul': (g, m) => g.apply('Add', [bias(g, 4), matMul(pooled(m), weight(g, 6, 4))], {}, {}),
  'MatMul with a transposed weight': (g, m) => matMul(pooled(m), transpose(weight(g, 4, 6), [1, 0])),
  'as many inputs as outputs': (g, m) => g.apply('Gemm', [pooled(m), weight(g, 6, 6), bias(g, 6)], {}, {}),
  'convolution, then mean': (g, m) =>
    pooled(g.apply('Conv', [m, weight(g, 4, 6, 1, 1), bias(g, 4)], {}, { name: 'last' })),
  'convolution, mean, and a shape that names the outputs': (g, m) =>
    reshape(globalAveragePool(g.apply('Conv', [m, weight(g, 4, 6, 1, 1)], {}, { name: 'last' })), [-1, 4]),
  'softmax at the end': (g, m) =>
    g.apply('Softmax', [g.apply('Gemm', [pooled(m), weight(g, 6, 4), bias(g, 4)], {}, {})], {}, {}),
  'log-softmax and identity': (g, m) =>
    g.apply(
      'Identity',
      [g.apply('LogSoftmax', [g.apply('Gemm', [pooled(m), weight(g, 6, 4)], {}, {})], {}, {})],
      {},
      {},
    ),
};

const dataOf = ({ graph }: Network, name: string) =>
  graph.initializers.find((value) => value.name === name)?.data;

describe.each(Object.entries(forms))('%s', (_name, head) => {
  it.each([1, 3, 11])('gets %d outputs; what is before keeps its weights', (classes) => {
    const before = network(head);
    const outputs = before.logits.knownShape[1] ?? 0;
    const { network: after, replaced } = withHead(before, classes, new Random(2));
    expect(replaced).toBe(outputs);
    expect(after.logits.knownShape).toEqual(['batch', classes]);
    expect(dataOf(after, 'conv.weight')).toEqual(dataOf(before, 'conv.weight'));
    const fresh = dataOf(after, 'head.weight')?.data as Float32Array;
    expect(Math.max(...fresh.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(6));
    expect(new Set(fresh).size).toBe(fresh.length);
    expect(dataOf(after, 'head.bias')?.dims ?? [classes]).toEqual([classes]);
    // What is written is a valid file of the same network.
    expect(networkOf(readOnnx(writeOnnx(after.graph)).graph).logits.knownShape[1]).toBe(classes);
  });

  it('keeps its weights where the count fits, but not a softmax', () => {
    const before = network(head);
    const {
      network: after,
      replaced,
      withoutSoftmax,
    } = withHead(before, before.logits.knownShape[1] as number);
    expect(replaced).toBeUndefined();
    expect(after.graph.nodes.filter(({ operator }) => operator.endsWith('Softmax'))).toEqual([]);
    expect(withoutSoftmax).toBe(before.graph.nodes.some(({ operator }) => operator.endsWith('Softmax')));
    expect(dataOf(after, 'head.weight')).toEqual(dataOf(before, 'head.weight'));
  });
});

it.each(networks.names)('%s of the registry gets another head', (name) => {
  const built = buildNetwork(name, { classes: 4, input: [1, 32, 32], width: 0.0625 });
  expect(withHead(built, 7, new Random(1)).network.logits.knownShape).toEqual(['batch', 7]);
});

it('the same seed draws the same head, another another', () => {
  const fresh = (seed: number) =>
    dataOf(withHead(network(forms.MatMul as never), 3, new Random(seed)).network, 'head.weight');
  expect(fresh(1)).toEqual(fresh(1));
  expect(fresh(1)).not.toEqual(fresh(2));
});

it('a network without a last layer is refused with what stands there', () => {
  const odd = network((_graph, maps) => pooled(maps));
  // The convolution itself is its last layer here: six maps, six outputs.
  expect(withHead(odd, 3).replaced).toBe(6);
  const nothing = network((graph, maps) => graph.apply('Relu', [pooled(maps)], {}, { name: 'end' }));
  expect(() => withHead(nothing, 3)).toThrow(/"net" is none that can be told .* there is Relu \("end"\)/);
});

it('a shared last layer, and a fixed shape behind it, are refused', () => {
  const shared = network((graph, maps) => {
    const w = weight(graph, 6, 6);
    return matMul(matMul(pooled(maps), w), w);
  });
  expect(() => withHead(shared, 3)).toThrow(/shares "head\.weight" with another/);
});
