import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { mul, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { float } from '../../src/graph/attributes.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import type { ModelProto } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { findWeights } from '../../src/programs/weights.js';
import { arrayTypes, type ElementType, float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';
import { modelMessage } from './protobuf.js';

/** What a graph is, without the links between its objects. */
function describeGraph(graph: Graph) {
  const value = ({ name, type, shape }: Value) => ({ name, type, shape });
  return {
    name: graph.name,
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    initializers: graph.initializers.map(({ name, data, constant }) => ({ name, data, constant })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input?.name),
      outputs: node.outputs.map(value),
    })),
  };
}

function example(): Graph {
  const graph = new Graph('example');
  const x = graph.input('spectrogram', ['batch', 1, 8, 8]);
  const filter = graph.initializer(
    float32(
      Float32Array.from({ length: 18 }, (_, i) => i / 9 - 1),
      [2, 1, 3, 3],
    ),
    'filter',
  );
  const y = graph.apply(
    'Conv',
    [x, filter],
    { pads: [1, 1, 1, 1], auto_pad: 'NOTSET' },
    { name: 'conv', outputs: ['maps'] },
  );
  const slope = graph.apply('LeakyRelu', [y], { alpha: float(0.125) }, { name: 'slope' });
  const clipped = graph.apply('Clip', [slope, undefined, graph.initializer(float32(2), 'limit')]);
  const [pooled, indices] = graph.applyAll(
    'MaxPool',
    [clipped],
    { kernel_shape: [2, 2], strides: [2, 2] },
    { outputs: ['pooled', 'places'] },
  );
  graph.output(pooled as Value);
  graph.output(indices as Value);
  const filled = graph.apply('ConstantOfShape', [graph.apply('Shape', [y])], {
    value: { tensor: int64([-5]) },
  });
  graph.output(filled);
  return graph;
}

describe('writing and reading a graph', () => {
  it('keeps names, shapes, types, attributes, numbers and metadata', () => {
    const graph = example();
    const metadata = { labels: '["ja","nein"]', 'with space': 'ünïcödé' };
    const model = readOnnx(writeOnnx(graph, { metadata }));
    expect(describeGraph(model.graph)).toEqual(describeGraph(graph));
    expect(model.metadata).toEqual(metadata);
    expect(model.opset).toBe(17);
  });

  it('writes the same bytes again', () => {
    const bytes = writeOnnx(example());
    expect(writeOnnx(readOnnx(bytes).graph)).toEqual(bytes);
  });

  it('keeps attributes of every kind, also of operators that it does not know', () => {
    const graph = new Graph();
    const attributes = {
      whole: -3,
      wholes: [1, -(2 ** 40), 0],
      none: [],
      text: 'reflect',
      empty: '',
      number: float(-0.5),
      numbers: { floats: [0.5, -2] },
      texts: { strings: ['a', 'ß'] },
      tensor: { tensor: float32([1, 2], [2, 1]) },
    };
    graph.output(
      graph.apply('Anything', [graph.input('x', undefined)], attributes, { domain: 'some.where' }),
    );
    const [node] = readOnnx(writeOnnx(graph)).graph.nodes;
    expect(node?.attributes).toEqual(attributes);
    expect(node?.domain).toBe('some.where');
  });

  it.each(Object.keys(arrayTypes) as ElementType[])('keeps tensors of %s', (type) => {
    const graph = new Graph();
    const data = new arrayTypes[type](3);
    for (let i = 0; i < 3; i++) data[i] = type.endsWith('int64') ? BigInt(i * 40) : i * 40;
    const tensor: Tensor = { type, dims: [3, 1], data };
    graph.output(graph.apply('Identity', [graph.initializer(tensor, 'numbers')]));
    expect(readOnnx(writeOnnx(graph)).graph.value('numbers').data).toEqual(tensor);
  });

  it('keeps scalars, empty tensors and views into larger buffers', () => {
    const graph = new Graph();
    const view = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    graph.initializer(float32(7), 'scalar');
    graph.initializer(float32([], [0, 3]), 'empty');
    graph.initializer({ type: 'float32', dims: [2], data: view }, 'view');
    graph.output(graph.apply('Identity', [graph.input('x', [])]));
    const read = readOnnx(writeOnnx(graph)).graph;
    expect(read.value('scalar').data).toEqual(float32(7));
    expect(read.value('empty').data).toEqual(float32([], [0, 3]));
    expect(read.value('view').data).toEqual(float32([1, 2]));
    expect(read.value('x').shape).toEqual([]);
  });

  it('keeps constants apart from weights, so that a network that was stored trains the same', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 2]);
    const averaging = graph.constant(float32([0.5, 0.5, 1, 0], [2, 2]), 'averaging');
    const weight = graph.initializer(float32([1, 2, 3, 4], [2, 2]), 'weight');
    const scaled = mul(graph.apply('MatMul', [x, averaging]), 3);
    graph.output(graph.apply('MatMul', [scaled, weight], {}, { outputs: ['y'] }));
    const bytes = writeOnnx(graph);
    const { graph: stored } = readOnnx(bytes);
    const trained = (network: Graph) => [...findWeights(network).trainable].map(({ name }) => name);
    expect(trained(graph)).toEqual(['weight']);
    expect(trained(stored)).toEqual(['weight']);
    expect(stored.value('averaging').constant).toBe(true);
    expect(stored.value('averaging').data).toEqual(averaging.data);
    // Any other reader is told in the standard's own way.
    const { graph: proto } = modelMessage.decode(bytes) as unknown as ModelProto;
    expect(proto?.initializer?.map(({ name }) => name)).toEqual(['weight']);
    expect(proto?.node?.map(({ opType }) => opType)).toEqual([
      'Constant',
      'Constant',
      'MatMul',
      'Mul',
      'MatMul',
    ]);
    const results = await runOnce(stored, { x: float32([1, 2], [1, 2]) });
    expect(toNumbers(results.y as Tensor)).toEqual([12, 21]);
  });

  it('writes attributes that are 0 or empty: another reader would take what is absent for the default', () => {
    const graph = new Graph();
    const flat = graph.apply('Flatten', [graph.input('x', [2, 3])], { axis: 0, none: float(0), text: '' });
    graph.output(flat);
    const { graph: proto } = modelMessage.decode(writeOnnx(graph)) as unknown as ModelProto;
    const attributes = proto?.node?.[0]?.attribute ?? [];
    expect(attributes).toHaveLength(3);
    const written = (['i', 'f', 's'] as const).map((field, k) => Object.hasOwn(attributes[k] ?? {}, field));
    expect(written).toEqual([true, true, true]);
  });

  it('keeps a whole backward pass, with operators of ONNX Runtime’s own', async () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 3]);
    const w = graph.initializer(float32([1, 2, 3, 4, 5, 6], [3, 2]), 'w');
    const loss = sum(graph.apply('MatMul', [x, w]), [0, 1], false);
    graph.output(differentiate(graph, loss, [w]).get(w) as Value);
    const model = readOnnx(writeOnnx(graph));
    const operators = ({ nodes }: Graph) => nodes.map(({ operator }) => operator);
    // The gradient of the loss is a constant: what is computed from it alone is known.
    expect(operators(model.graph)).toEqual(operators(graph).filter((operator) => operator !== 'Unsqueeze'));
    const results = await runOnce(model.graph, { x: float32([1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(Object.values(results).map(toNumbers)).toEqual([[5, 5, 7, 7, 9, 9]]);
  });
});
