import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { findWeights } from '../../src/programs/weights.js';
import { float32, int64 } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';

/** What is read of a graph that was written. */
const reread = (graph: Graph) => readOnnx(writeOnnx(graph)).graph;
const operators = (graph: Graph) => graph.nodes.map(({ operator }) => operator);

/** `Shape`, then one of its elements, as `x.size(axis)` is exported. */
function size(x: Value, axis: number): Value {
  return x.graph.apply('Gather', [x.graph.apply('Shape', [x]), x.graph.initializer(int64([axis]))]);
}

describe('the arithmetic of shapes is computed while a file is read', () => {
  it('down to the sizes of a resize, with a symbolic batch', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 2, 3, 4]);
    const doubled = [2, 3].map((axis) => graph.apply('Mul', [size(x, axis), graph.initializer(int64(2))]));
    const scales = doubled.map((wanted, i) => {
      const [to, from] = [wanted, size(x, i + 2)].map((value) => graph.apply('Cast', [value], { to: 1 }));
      return graph.apply('Div', [to as Value, from as Value]);
    });
    const all = graph.apply('Concat', [graph.initializer(float32([1, 1])), ...scales], { axis: 0 });
    graph.output(graph.apply('Resize', [x, undefined, all], { mode: 'linear' }, { outputs: ['y'] }));
    const found = reread(graph);
    expect(found.value('y').shape).toEqual(['batch', 2, 6, 8]);
    expect(operators(found).includes('Mul')).toBe(false);
    const values = float32(new Float32Array(24).map(Math.sqrt), [1, 2, 3, 4]);
    expect(await runOnce(found, { x: values })).toEqual(await runOnce(graph, { x: values }));
  });

  it('through division, comparison and choice', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 6, 4]);
    const half = graph.apply('Div', [size(x, 1), graph.initializer(int64(2))]);
    const wanted = graph.apply('Concat', [size(x, 0), half, graph.initializer(int64([-1]))], { axis: 0 });
    const isOpen = graph.apply('Equal', [wanted, graph.initializer(int64(-1))]);
    const sizes = graph.apply('Where', [isOpen, graph.initializer(int64([1, 1, 8])), wanted]);
    graph.output(graph.apply('Reshape', [x, sizes], {}, { outputs: ['y'] }));
    const found = reread(graph);
    expect(found.value('y').shape).toEqual(['batch', 3, 8]);
  });

  it('through what passes on the number by which a slice goes to the end', () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 6, 4]);
    const end = graph.constant({ type: 'int64', dims: [], data: BigInt64Array.of(2n ** 63n - 1n) });
    const list = (value: Value) =>
      graph.apply('Reshape', [graph.apply('Cast', [value], { to: 7 }), graph.constant(int64([-1]))]);
    const [start, axis] = [list(graph.constant(int64(0))), list(graph.constant(int64(0)))];
    graph.output(graph.apply('Slice', [x, start, list(end), axis], {}, { outputs: ['y'] }));
    const found = reread(graph);
    expect(operators(found)).toEqual(['Slice']);
    expect(found.value('y').shape).toEqual(['batch', 6, 4]);
  });

  it('but no sum with it, which a plain number does not hold', () => {
    const graph = new Graph();
    const end = graph.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(2n ** 63n - 1n) });
    const before = graph.apply('Sub', [end, graph.constant(int64([1]))]);
    graph.output(graph.apply('Identity', [before], {}, { outputs: ['y'] }));
    expect(reread(graph).value('y').data).toBeUndefined();
  });

  it('leaves weights alone', () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 2]);
    const weight = graph.initializer(float32([1, 2, 3, 4], [2, 2]), 'weight');
    graph.output(graph.apply('MatMul', [x, graph.apply('Transpose', [weight])]));
    const found = reread(graph);
    expect(operators(found)).toEqual(['Transpose', 'MatMul']);
    expect([...findWeights(found).trainable].map(({ name }) => name)).toEqual(['weight']);
  });
});

it('weights that an exporter stored once because they were equal are weights of their own', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 2]);
  const first = graph.initializer(float32([1, 1]), 'first');
  const second = graph.apply('Identity', [first], {}, { outputs: ['second'] });
  graph.output(graph.apply('Add', [graph.apply('Mul', [x, first]), second]));
  const found = reread(graph);
  expect([...findWeights(found).trainable].map(({ name }) => name).sort()).toEqual(['first', 'second']);
  expect(found.value('second').data?.data).not.toBe(found.value('first').data?.data);
});
