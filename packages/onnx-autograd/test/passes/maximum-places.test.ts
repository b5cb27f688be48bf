import {
  crossEntropy,
  expressions,
  float,
  float32,
  Graph,
  int64,
  openProgram,
  ProgramBuilder,
  Random,
  type Tensor,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/attributes.js';
import { placesByComparison } from '../../src/passes/maximum-places.js';
import { executedRuns } from '../../src/profiling/profile.js';
import { elementCount, toNumbers } from '../../src/tensor.js';
import { describeRow } from '../gradients/row.js';
import { drawInputs, drawWeights, feedsOf, gradientGraph } from '../gradients/row-graph.js';
import { rows } from '../gradients/rows/index.js';
import { runOnce } from '../run-graph.js';

const two = { kernel_shape: [2, 2], strides: [2, 2] };

/** A pooling that is asked for its indices, of a batch of any size. */
function pooling(dims: readonly number[], attributes: Attributes, type: 'float32' | 'float64' = 'float32') {
  const graph = new Graph('pooling');
  const x = graph.input('x', ['batch', ...dims.slice(1)], type);
  const outputs = graph.applyAll('MaxPool', [x], attributes, { outputs: ['largest', 'indices'] });
  for (const output of outputs) graph.output(output);
  return graph;
}

/** Few different numbers, so that many windows have several equal ones. */
function drawn(dims: readonly number[], random = new Random(3)): Tensor {
  const numbers = Array.from({ length: elementCount(dims) }, () => random.integer(-2, 2));
  return float32(numbers, dims);
}

/** How many poolings ask for indices. */
function asking({ nodes }: Graph): number {
  return nodes.filter(({ operator, outputs }) => operator === 'MaxPool' && outputs.length > 1).length;
}

describe('indices of maximum pooling by comparison are those of the operator, the first of equals', () => {
  const cases: Record<string, [readonly number[], Attributes]> = {
    'side by side': [[3, 4, 8, 12], two],
    'a row and a column left over': [[2, 3, 9, 13], two],
    'a column left over': [[2, 3, 10, 11], two],
    'one row': [[2, 3, 6, 12], { kernel_shape: [1, 2], strides: [1, 2] }],
    'one column': [[2, 3, 9, 6], { kernel_shape: [2, 1], strides: [2, 1] }],
    'two rows of three': [[2, 3, 8, 14], { kernel_shape: [2, 3], strides: [2, 3] }],
    'three rows of two': [[2, 3, 14, 9], { kernel_shape: [3, 2], strides: [3, 2] }],
    'six columns': [[2, 2, 4, 25], { kernel_shape: [1, 6], strides: [1, 6] }],
    overlapping: [[2, 3, 7, 9], { kernel_shape: [2, 3], strides: [1, 2] }],
    'a stride beyond the window': [[2, 2, 13, 14], { kernel_shape: [2, 2], strides: [3, 3] }],
    'the default stride': [[2, 2, 6, 5], { kernel_shape: [2, 2] }],
    'ceil_mode with nothing left over': [[2, 2, 8, 10], { ...two, ceil_mode: 1 }],
    'SAME_UPPER with nothing to pad': [[2, 2, 8, 10], { ...two, auto_pad: 'SAME_UPPER' }],
    'one axis': [[2, 3, 37], { kernel_shape: [2], strides: [2] }],
    'one axis, overlapping': [[2, 3, 70], { kernel_shape: [4], strides: [3] }],
  };
  it.each(Object.entries(cases))('%s', async (_, [dims, attributes]) => {
    const graph = pooling(dims, attributes);
    const compared = placesByComparison(graph);
    expect([asking(graph), asking(compared)]).toEqual([1, 0]);
    expect(compared.outputs.map(({ name, shape }) => [name, shape])).toEqual(
      graph.outputs.map(({ name, shape }) => [name, shape]),
    );
    const x = drawn(dims);
    expect(await runOnce(compared, { x })).toEqual(await runOnce(graph, { x }));
  });

  it('where a number of a window is infinite', async () => {
    const dims = [1, 1, 8, 8];
    const x = drawn(dims);
    for (const at of [0, 9, 27, 63]) (x.data as Float32Array)[at] = Number.POSITIVE_INFINITY;
    for (const at of [4, 5, 12, 50]) (x.data as Float32Array)[at] = Number.NEGATIVE_INFINITY;
    const graph = pooling(dims, two);
    expect(await runOnce(placesByComparison(graph), { x })).toEqual(await runOnce(graph, { x }));
  });

  it('where nothing of a window is a number, a place of that window', async () => {
    const dims = [1, 1, 8, 8];
    const x = float32(new Float32Array(64).fill(Number.NaN), dims);
    const { indices } = await runOnce(placesByComparison(pooling(dims, two)), { x });
    const first = [0, 2, 4, 6].flatMap((row) => [0, 2, 4, 6].map((column) => 8 * row + column));
    expect(toNumbers(indices as Tensor)).toEqual(first);
  });
});

describe('a graph is left as it is', () => {
  const cases: Record<string, Graph> = {
    padded: pooling([1, 2, 12, 12], { ...two, pads: [1, 0, 0, 1] }),
    dilated: pooling([1, 2, 12, 12], { ...two, dilations: [2, 1] }),
    'with a window beyond the map': pooling([1, 2, 13, 12], { ...two, ceil_mode: 1 }),
    'with large windows': pooling([1, 2, 20, 20], { kernel_shape: [3, 3], strides: [3, 3] }),
    'with few windows': pooling([1, 2, 6, 6], two),
    'with maps of more numbers than float32 counts': pooling([1, 1, 4098, 4096], two),
    'of three axes': pooling([1, 2, 8, 8, 8], { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }),
    'with indices by columns': pooling([1, 2, 12, 12], { ...two, storage_order: 1 }),
    'in double precision': pooling([1, 2, 12, 12], two, 'float64'),
  };
  it.each(Object.entries(cases))('%s', (_, graph) => {
    expect(placesByComparison(graph)).toBe(graph);
  });

  it('where nobody asks for indices', () => {
    const graph = new Graph('plain');
    graph.output(graph.apply('MaxPool', [graph.input('x', [1, 2, 12, 12])], two));
    expect(placesByComparison(graph)).toBe(graph);
  });
});

describe('the gradient of a pooling is the same where a map has few windows and windows are large, too', () => {
  const poolings = rows.filter(({ operator }) => operator === 'MaxPool');
  it.each(poolings.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    const { graph, y } = gradientGraph(row);
    const weights = drawWeights(y.knownShape as readonly number[]);
    const feeds = { ...feedsOf(row, drawInputs(row), 'float32'), weights };
    const compared = placesByComparison(graph, { mostElements: 12, leastWindows: 1 });
    expect(await runOnce(compared, feeds)).toEqual(await runOnce(graph, feeds));
  });
});

it('inputs that nothing reads are fed all the same', () => {
  const graph = pooling([1, 2, 12, 12], two);
  graph.input('unread', [3]);
  expect(placesByComparison(graph).inputs.map(({ name }) => name)).toEqual(['x', 'unread']);
});

describe('a training has the same losses and gradients, bit for bit', () => {
  const { add, conv, flatten, globalAveragePool, relu } = expressions;

  /** Poolings side by side, overlapping, and of two readers, behind batch normalization. */
  function network(): Graph {
    const graph = new Graph('network');
    const random = new Random(1);
    const weight = (name: string, dims: number[], scale: number, offset = 0) =>
      graph.initializer(
        float32(
          Float32Array.from({ length: elementCount(dims) }, () => offset + scale * random.normal()),
          dims,
        ),
        name,
      );
    const layer = (x: Value, channels: number, name: string) => {
      const filter = weight(`${name}.weight`, [channels, x.knownShape[1] as number, 3, 3], 0.3);
      const maps = conv(x, filter, undefined, { pads: [1, 1, 1, 1] });
      const scales = [
        [0.1, 1],
        [0.1, 0],
        [0.1, 0],
        [0, 1],
      ].map(([scale, offset], i) =>
        weight(`${name}.norm${i}`, [channels], scale as number, offset as number),
      );
      return graph.apply('BatchNormalization', [maps, ...scales], { epsilon: float(1e-5) });
    };
    const pool = (x: Value, attributes: Attributes) => graph.apply('MaxPool', [x], attributes);
    let x = graph.input('x', ['batch', 1, 33, 26]);
    x = pool(relu(layer(x, 4, 'first')), two);
    x = layer(x, 8, 'second');
    x = add(pool(x, { kernel_shape: [2, 2] }), pool(x, { kernel_shape: [2, 2], strides: [1, 1] }));
    x = relu(pool(x, { kernel_shape: [3, 2], strides: [2, 2] }));
    graph.output(
      graph.apply('Gemm', [flatten(globalAveragePool(x)), weight('head', [3, 8], 0.5)], { transB: 1 }),
    );
    return graph;
  }

  it.each([[false], [true]])('activations computed again: %s', async (recompute) => {
    const source = network();
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 1, 33, 26]);
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const copy = builder.include(source, { inputs: { x }, training: true });
    const loss = crossEntropy(copy.value(source.outputs[0] as Value), labels);
    const { graph, weights } = builder.trainingProgram(loss, {}, [], { recompute });
    const compared = placesByComparison(graph);
    expect(asking(graph)).toBeGreaterThan(3);
    expect(asking(compared)).toBe(0);
    // A part of each clip is silence, where every number of a window is the same.
    const clips = drawn([5, 1, 33, 26]);
    (clips.data as Float32Array).fill(0, 300, 1500);
    const held = weights.map((name) => [name, builder.weights.get(name) as Tensor] as const);
    const feeds = { ...Object.fromEntries(held), x: clips, labels: int64([0, 1, 2, 1, 0]) };
    const [wanted, found] = [await runOnce(graph, feeds), await runOnce(compared, feeds)];
    expect(found).toEqual(wanted);
    expect(Object.keys(wanted).length).toBeGreaterThan(8);
  });
});

it('what is opened on the processor is written so, whether weights are fed or not', async () => {
  const graph = pooling([2, 3, 16, 12], two);
  const x = drawn([2, 3, 16, 12]);
  const builder = new ProgramBuilder();
  const scale = new Graph('scale');
  const factor = scale.initializer(float32([2], [1, 1, 1]), 'factor');
  scale.output(expressions.mul(scale.input('maps', ['batch', 3, 16, 12]), factor));
  const maps = builder.graph.input('x', ['batch', 3, 16, 12]);
  const scaled = builder.include(scale, { inputs: { maps } }).value(scale.outputs[0] as Value);
  const indices = builder.graph.applyAll('MaxPool', [scaled], two, { outputCount: 2 })[1] as Value;
  const program = builder.program({ indices });
  const wanted = (await runOnce(graph, { x })).indices as Tensor;
  for (const [what, weights] of [
    [graph, {}],
    [program, Object.fromEntries(builder.weights)],
  ] as const) {
    const open = await openProgram(what, { weights, threads: 2 });
    const answers = await open.run({ x });
    await open.close();
    expect((answers as Record<string, Tensor>).indices).toEqual(wanted);
  }
  const runs = await executedRuns({
    program,
    weights: Object.fromEntries(builder.weights),
    feeds: { x },
    runs: 1,
  });
  const names = runs[0]?.nodes.filter(({ operator }) => operator === 'MaxPool') ?? [];
  expect(names.map(({ outputs }) => outputs.length)).toEqual([1, 1, 1, 1]);
});
