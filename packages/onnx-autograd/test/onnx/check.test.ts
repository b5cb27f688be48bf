import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { GraphError } from '../../src/errors.js';
import { float } from '../../src/graph/attributes.js';
import { type Node, Value } from '../../src/graph/value.js';
import { checkGraph } from '../../src/onnx/check.js';
import { float32, int64 } from '../../src/tensor.js';
import { rowModels } from '../gradients/row-graph.js';

describe('graphs that the library makes are sound', () => {
  it.each(rowModels().map(({ name, graph }) => [name, graph] as const))('%s', (_, graph) => {
    checkGraph(graph);
  });
});

/** The lists of a graph, which its type does not let be changed, but JavaScript does. */
function lists(graph: Graph): {
  readonly nodes: Node[];
  readonly inputs: Value[];
  readonly outputs: Value[];
} {
  const { nodes, inputs, outputs } = graph;
  return { nodes: nodes as Node[], inputs: inputs as Value[], outputs: outputs as Value[] };
}

/** Two nodes with a weight, to be broken. */
function sound(): Graph {
  const graph = new Graph('sound');
  const x = graph.input('x', ['batch', 3]);
  const w = graph.initializer(float32([1, 2, 3, 4, 5, 6], [3, 2]), 'w');
  graph.output(
    graph.apply('Relu', [graph.apply('MatMul', [x, w], {}, { outputs: ['xw'] })], {}, { outputs: ['y'] }),
  );
  return graph;
}

const nodeOf = (
  graph: Graph,
  operator: string,
  inputs: readonly string[],
  attributes: Node['attributes'] = {},
) =>
  graph.apply(
    operator,
    inputs.map((name) => graph.value(name)),
    attributes,
    { name: 'broken' },
  );

const broken: readonly (readonly [string, (graph: Graph) => void, RegExp])[] = [
  ['nodes out of order', (graph) => lists(graph).nodes.reverse(), /Relu.*nothing before it computes.*"xw"/],
  ['a node that is gone', (graph) => lists(graph).nodes.shift(), /nothing before it computes/],
  [
    'an input that is not declared',
    (graph) => {
      lists(graph).inputs.length = 0;
    },
    /"x"/,
  ],
  [
    'no output',
    (graph) => {
      lists(graph).outputs.length = 0;
    },
    /no output/,
  ],
  [
    'an output twice',
    (graph) => lists(graph).outputs.push(graph.outputs[0] as Value),
    /"y" is an output twice/,
  ],
  [
    'an output of another graph',
    (graph) => lists(graph).outputs.push(new Value(graph, 'z', 'float32', [1])),
    /"z" is computed by no node/,
  ],
  ['a node twice', (graph) => lists(graph).nodes.push(graph.nodes[1] as Node), /"y" is used twice/],
  ['an input without a shape', (graph) => graph.input('z', undefined), /"z" is not known/],
  [
    'numbers that are too few',
    (graph) => {
      Object.assign(graph.value('w'), { data: float32([1], [1]) });
    },
    /"w" is declared as float32 \(3, 2\)/,
  ],
  [
    'numbers of another type',
    (graph) => {
      Object.assign(graph.value('w'), { data: int64([1, 2, 3, 4, 5, 6], [3, 2]) });
    },
    /"w" is declared.*of int64/,
  ],
  [
    'an attribute that the operator has not',
    (graph) => nodeOf(graph, 'Relu', ['y'], { alpha: float(1) }),
    /no attribute "alpha"/,
  ],
  ['a whole number for a float', (graph) => nodeOf(graph, 'Elu', ['y'], { alpha: 1 }), /"alpha" is no float/],
  ['a float for a whole number', (graph) => nodeOf(graph, 'Softmax', ['y'], { axis: float(1) }), /axis/],
  [
    'an attribute that is missing',
    (graph) => {
      const node = graph.nodes[0] as Node;
      lists(graph).nodes[0] = { ...node, operator: 'LRN', inputs: node.inputs.slice(0, 1) };
    },
    /"size" is missing/,
  ],
  ['too many inputs', (graph) => nodeOf(graph, 'Relu', ['y', 'x']), /input 1 is one too many/],
  [
    'an input that is missing',
    (graph) => {
      const node = graph.nodes[0] as Node;
      lists(graph).nodes[0] = { ...node, inputs: node.inputs.slice(0, 1) };
    },
    /input 1 is missing/,
  ],
  [
    'types that differ',
    (graph) => {
      graph.initializer(int64([1]), 'one');
      nodeOf(graph, 'Add', ['y', 'one']);
    },
    /"one"\) is int64 where float32 is due/,
  ],
  [
    'a type that the operator does not take',
    (graph) => {
      graph.initializer(int64([1]), 'one');
      nodeOf(graph, 'Sqrt', ['one']);
    },
    /"one"\) is int64; it may be float32/,
  ],
  [
    'a shape that does not follow',
    (graph) => {
      const node = graph.nodes[1] as Node;
      const output = new Value(graph, 'other', 'float32', ['batch', 5]);
      lists(graph).nodes[1] = { ...node, outputs: [output] };
      lists(graph).outputs[0] = output;
    },
    /declared as float32 \(batch, 5\); float32 \(batch, 2\) follows/,
  ],
];

describe('a graph that the standard does not allow is refused', () => {
  it('but not the one that these are made from', () => checkGraph(sound()));

  it.each(broken)('%s', (_, change, message) => {
    const check = () => {
      const graph = sound();
      change(graph);
      checkGraph(graph);
    };
    expect(check).toThrow(GraphError);
    expect(check).toThrow(message);
  });
});
