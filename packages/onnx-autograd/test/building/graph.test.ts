import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { GraphError } from '../../src/errors.js';
import { sizeAt } from '../../src/graph/value.js';
import { float32, int64 } from '../../src/tensor.js';

function chain(): Graph {
  const graph = new Graph('chain');
  const x = graph.input('x', ['batch', 3]);
  const a = graph.apply('Relu', [x], {}, { name: 'a' });
  const b = graph.apply('Tanh', [x], {}, { name: 'b' });
  graph.output(graph.apply('Add', [a, b], {}, { name: 'sum' }));
  return graph;
}

describe('the nodes of a graph', () => {
  it('may be put in any order in which they can run', () => {
    const graph = chain();
    const [a, b, sum] = graph.nodes;
    graph.reorder([b!, a!, sum!]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['b', 'a', 'sum']);
  });

  it.each([
    ['before what they read', [0, 2, 1], /"sum" cannot stand there; "b_output" is computed after it/],
    ['twice', [0, 0, 1, 2], /"a" cannot stand there; .*twice/],
    ['not at all', [0, 1], /1 of its nodes are missing/],
  ] as const)('but not %s', (_, order, message) => {
    const graph = chain();
    const nodes = order.map((at) => graph.nodes[at]!);
    expect(() => graph.reorder(nodes)).toThrow(GraphError);
    expect(() => graph.reorder(nodes)).toThrow(message);
    expect(graph.nodes).toHaveLength(3);
  });

  it('of another graph are refused', () => {
    expect(() => chain().reorder(chain().nodes)).toThrow(GraphError);
  });
});

describe('a graph', () => {
  it('has the outputs that were set last', () => {
    const graph = chain();
    const [first] = graph.nodes[0]!.outputs;
    graph.setOutputs([first!]);
    expect(graph.outputs).toEqual([first]);
  });

  it('keeps a reserved name for the node that asks for it', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    graph.reserve(['Relu_output']);
    expect(graph.apply('Relu', [x]).name).not.toBe('Relu_output');
    expect(graph.apply('Tanh', [x], {}, { outputs: ['Relu_output'] }).name).toBe('Relu_output');
  });

  it('has labels checked against what is common to all that it was told', () => {
    const graph = new Graph();
    const labels = graph.input('labels', ['batch'], 'int64');
    expect(graph.labelsOf(labels)).toBeUndefined();
    graph.expectLabels(labels, { classes: 5, ignored: -100 });
    graph.expectLabels(labels, { classes: 3, ignored: -100 });
    graph.expectLabels(labels, { classes: 4, ignored: -100 });
    expect(graph.labelsOf(labels)).toEqual({ classes: 3, ignored: -100 });
    graph.expectLabels(labels, { classes: 4 });
    expect(graph.labelsOf(labels)).toEqual({ classes: 3, ignored: undefined });
  });
});

describe('a name that is no key of an object in JavaScript', () => {
  it('is refused by name for what is fed, stored or answered, and kept for what is not', () => {
    const graph = new Graph();
    const message = /"__proto__".*another name/;
    expect(() => graph.input('__proto__', [1])).toThrow(message);
    expect(() => graph.initializer(float32(1), '__proto__')).toThrow(message);
    const inner = graph.apply('Relu', [graph.input('x', [1])], {}, { outputs: ['__proto__'] });
    expect(inner.name).toBe('__proto__');
    expect(() => graph.output(inner)).toThrow(message);
  });
});

describe('the size of an axis', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 3, 28]);

  it('is a number, counted from the front or from the back', () => {
    expect([sizeAt(x, 1), sizeAt(x, -1)]).toEqual([3, 28]);
  });

  it.each([
    ['that has only a name', 0, /axis 0 of "x".*"batch" is known only when the graph runs/],
    ['that is not there', 3, /"x".*has no axis 3/],
  ])('%s is refused by name', (_, axis, message) => {
    expect(() => sizeAt(x, axis)).toThrow(GraphError);
    expect(() => sizeAt(x, axis)).toThrow(message);
  });

  it('of a value whose shape is not known says why', () => {
    const y = graph.apply('Foreign', [graph.constant(int64([1]))], {}, { domain: 'mine' });
    expect(() => sizeAt(y, 0)).toThrow(/"Foreign_output" is not known.*Foreign/);
  });
});
