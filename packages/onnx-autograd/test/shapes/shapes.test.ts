import { describe, expect, it } from 'vitest';

import { Graph } from '../../src/building/graph.js';
import type { Dimension, Shape } from '../../src/graph/shape.js';
import { operators } from '../../src/operators/catalogue.js';
import { int64, type Tensor } from '../../src/tensor.js';
import { describeRow, type Row, uniform } from '../gradients/row.js';
import { drawInputs, drawWeights, feedsOf, forwardGraph, gradientGraph } from '../gradients/row-graph.js';
import { forwardRows } from '../gradients/rows/forward.js';
import { rows } from '../gradients/rows/index.js';
import { compile } from '../run-graph.js';

/** Makes every value of a graph an output, so that its shape can be seen. */
function showEverything(graph: Graph): Graph {
  for (const node of graph.nodes) for (const output of node.outputs) graph.output(output);
  return graph;
}

/** The size that a dimension stands for, given that of the batch; `undefined` where the name tells nothing. */
function sizeOf(dimension: Dimension, batch: number): number | undefined {
  if (typeof dimension === 'number') return dimension;
  const factors = dimension.split('*').map((factor) => (factor === 'batch' ? batch : Number(factor)));
  return factors.some(Number.isNaN) ? undefined : factors.reduce((a, b) => a * b, 1);
}

function checkShapes(graph: Graph, results: Record<string, Tensor>, batch: number): void {
  for (const { name, type, shape } of graph.outputs) {
    const result = results[name] as Tensor;
    const told: Shape | undefined = shape?.map(
      (size, i) => sizeOf(size, batch) ?? (result.dims[i] as number),
    );
    expect({ name, type, shape: told }).toEqual({ name, type: result.type, shape: [...result.dims] });
  }
}

describe('inferred shapes are those that ONNX Runtime computes', () => {
  it('in at least one row an operator', () => {
    const tested = new Set([...rows, ...forwardRows].map((row) => row.operator));
    expect(operators.filter((name) => !tested.has(name))).toEqual([]);
  });

  it.each(forwardRows.map((row) => [describeRow(row), row] as const))('%s', async (_, row) => {
    for (const symbolic of row.batched ? [false, true] : [false]) {
      const { graph } = forwardGraph(row, 'float32', symbolic);
      const run = await compile(showEverything(graph));
      checkShapes(graph, await run(feedsOf(row, drawInputs(row), 'float32')), 2);
    }
  });

  it.each(rows.map((row) => [describeRow(row), row] as const))(
    '%s, and its backward pass',
    async (_, row) => {
      const [position = 0] = row.batched ?? [];
      const batch = row.inputs[position]?.dims[0] as number;
      const weights = drawWeights(gradientGraph(row).y.knownShape as readonly number[]);
      for (const symbolic of row.batched?.length ? [false, true] : [false]) {
        const { graph } = gradientGraph(row, symbolic);
        const run = await compile(showEverything(graph));
        checkShapes(graph, await run({ ...feedsOf(row, drawInputs(row), 'float32'), weights }), batch);
      }
    },
  );
});

describe('shapes that are computed in the graph', () => {
  it('are followed as exporters write x.view(x.size(0), -1)', () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 3, 4]);
    const size = graph.apply('Gather', [graph.apply('Shape', [x]), graph.initializer(int64(0))], { axis: 0 });
    const first = graph.apply('Unsqueeze', [size, graph.initializer(int64([0]))]);
    const sizes = graph.apply('Concat', [first, graph.initializer(int64([-1]))], { axis: 0 });
    expect(graph.apply('Reshape', [x, sizes]).shape).toEqual(['batch', 12]);
  });

  it('stay unknown where they are an input', () => {
    const graph = new Graph();
    const sizes = graph.input('sizes', [2], 'int64');
    expect(graph.apply('Reshape', [graph.input('x', [2, 3]), sizes]).shape).toBeUndefined();
  });
});

describe('operators refuse inputs that do not fit', () => {
  const refusals: readonly (readonly [string, Row, RegExp])[] = [
    [
      'sizes that do not broadcast',
      { operator: 'Add', name: '', inputs: [uniform([2, 3]), uniform([2, 4])] },
      /Add.*do not broadcast/,
    ],
    [
      'inner sizes that differ',
      { operator: 'MatMul', name: '', inputs: [uniform([2, 3]), uniform([4, 5])] },
      /MatMul.*3 is not 4/,
    ],
    [
      'inner sizes of Gemm',
      { operator: 'Gemm', name: '', inputs: [uniform([2, 3]), uniform([4, 5])] },
      /Gemm.*3 is not 4/,
    ],
    [
      'channels',
      { operator: 'Conv', name: '', inputs: [uniform([1, 3, 5, 5]), uniform([2, 4, 3, 3])] },
      /Conv.*3 channels/,
    ],
    [
      'a filter larger than the map',
      { operator: 'Conv', name: '', inputs: [uniform([1, 1, 2, 2]), uniform([1, 1, 3, 3])] },
      /window of 3/,
    ],
    [
      'a reshape that loses elements',
      { operator: 'Reshape', name: '', inputs: [uniform([2, 3]), int64([4])] },
      /Reshape.*does not fit/,
    ],
    [
      'an axis out of range',
      { operator: 'Concat', name: '', inputs: [uniform([2])], attributes: { axis: 3 } },
      /Concat.*axis 3/,
    ],
    [
      'an attribute of another kind',
      { operator: 'Concat', name: '', inputs: [uniform([2])], attributes: { axis: 'last' } },
      /"axis" should be an integer/,
    ],
    [
      'an input left out',
      { operator: 'Conv', name: '', inputs: [uniform([1, 1, 2, 2])] },
      /Conv.*input 1 is missing/,
    ],
    [
      'a stride of zero',
      {
        operator: 'MaxPool',
        name: '',
        inputs: [uniform([1, 1, 4, 4])],
        attributes: { kernel_shape: [2, 2], strides: [0, 1] },
      },
      /window of 2/,
    ],
    [
      'a slice by steps of zero',
      { operator: 'Slice', name: '', inputs: [uniform([4]), int64([0]), int64([2]), int64([0]), int64([0])] },
      /Slice.*step/,
    ],
    ...(
      [
        ['an index more than there are axes', 'ijk->i', /"ijk->i" does not fit \(2, 2\)/],
        ['an input more than there is', 'ij,j->i', /does not fit/],
        ['an output that no input has', 'ij->k', /no such output/],
        ['a diagonal that is to be filled', 'ij->ii', /no such output/],
        ['axes without a name that are summed', '...j->j', /no such output/],
      ] as const
    ).map(
      ([what, equation, message]) =>
        [
          `an equation with ${what}`,
          { operator: 'Einsum', name: '', inputs: [uniform([2, 2])], attributes: { equation } },
          message,
        ] as const,
    ),
  ];
  it.each(refusals)('%s', (_, row, message) => {
    expect(() => forwardGraph(row, 'float32')).toThrow(message);
  });
});

it('the name of a size that is computed in its own way is one name, even where it holds a product', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 3, '2*length']);
  const pooled = graph.apply('MaxPool', [x], { kernel_shape: [2], strides: [2] });
  const doubled = graph.apply(
    'DepthToSpace',
    [graph.apply('Reshape', [pooled, graph.constant(int64([0, 0, 1, -1]))])],
    {
      blocksize: 1,
    },
  );
  const length = pooled.shape?.[2];
  expect(length).toBe('window(2·length,2,-2)');
  const flat = graph.apply('Flatten', [pooled]);
  expect(flat.shape).toEqual(['batch', `3*${length}`]);
  expect(graph.apply('Reshape', [flat, graph.constant(int64([0, 3, -1]))]).shape).toEqual([
    'batch',
    3,
    length,
  ]);
  expect(doubled.shape).toEqual(['batch', 3, 1, length]);
});
