import {
  adam,
  crossEntropy,
  exportOnnx,
  float32,
  int64,
  ProgramBuilder,
  readOnnx,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import type { Attributes } from '../../src/graph/attributes.js';
import { attributeTypes, type ModelProto, type ValueInfoProto } from '../../src/onnx/schema.js';
import type { ElementType, Tensor } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';
import { modelMessage } from './protobuf.js';

const info = (name: string, ...sizes: (number | string)[]): ValueInfoProto => {
  const dim = sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: 1, shape: { dim } } } };
};

/** An operator that nothing is known of here, `Hardmax`, and a layer behind it; the file tells the shape between. */
function file(valueInfo: ValueInfoProto[], more: (model: ModelProto) => void = () => {}): Uint8Array {
  const matrix = {
    name: 'head',
    dims: [6, 3],
    dataType: 1,
    floatData: Array.from({ length: 18 }, (_, i) => Math.sin(i)),
  };
  const model: ModelProto = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'untrained',
      node: [
        {
          opType: 'Hardmax',
          input: ['x'],
          output: ['h'],
          attribute: [{ name: 'axis', type: attributeTypes.int, i: -1 }],
        },
        { opType: 'Relu', input: ['h'], output: ['r'] },
        { opType: 'MatMul', input: ['r', 'head'], output: ['y'] },
      ],
      initializer: [matrix],
      input: [info('x', 'batch', 6)],
      output: [info('y', 'batch', 3)],
      valueInfo,
    },
  };
  more(model);
  return modelMessage.encode(modelMessage.fromObject(model as Record<string, unknown>)).finish();
}

describe('a head behind an operator that is not listed', () => {
  it.each([
    ['named sizes', 'batch', 'inline'],
    ['named sizes, in another thread', 'batch', 'worker'],
    ['the batch that is trained with', 2, 'inline'],
  ] as const)('is trained where the file tells the shape: %s', async (_, batch, thread) => {
    const { graph } = readOnnx(file([info('h', 'batch', 6)]));
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', [batch, 6]);
    const labels = builder.graph.input('labels', [batch], 'int64');
    const copy = builder.include(graph, { inputs: { x } });
    const y = copy.value(graph.value('y'));
    expect(copy.value(graph.value('r')).shape).toEqual([batch, 6]);
    const train = builder.trainingProgram(crossEntropy(y, labels));
    const session = await TrainingSession.create({
      programs: { train },
      weights: Object.fromEntries(builder.weights),
      optimizer: adam({ learningRate: 0.1 }),
      thread,
    });
    const feeds = { x: float32([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], [2, 6]), labels: int64([0, 2]) };
    const { loss } = await session.step('train', feeds);
    for (let step = 0; step < 5; step++) await session.step('train', feeds);
    expect((await session.step('train', feeds)).loss).toBeLessThan(loss);
    await session.close();
  });

  it('has unknown shapes again where a size that was a number is another', () => {
    const { graph } = readOnnx(
      file([info('h', 'batch', 6)], (model) => {
        model.graph!.input = [info('x', 'batch', 6)];
      }),
    );
    const target = new ProgramBuilder();
    const other = target.graph.input('other', ['batch', 7]);
    const copy = target.include(graph, { inputs: { x: other }, upTo: [graph.value('r')] });
    expect(copy.value(graph.value('r')).shape).toBeUndefined();
  });

  it('keeps what the file told when it is written again', () => {
    const { graph } = readOnnx(exportOnnx(readOnnx(file([info('h', 'batch', 6)]))));
    expect(['h', 'r', 'y'].map((name) => graph.value(name).shape)).toEqual([
      ['batch', 6],
      ['batch', 6],
      ['batch', 3],
    ]);
  });

  it('takes what the file tells of an output', () => {
    const { graph } = readOnnx(file([]));
    expect(graph.value('h').shape).toBeUndefined();
    expect(graph.value('y').shape).toEqual(['batch', 3]);
  });

  it('believes a rule rather than the file', () => {
    const { graph } = readOnnx(file([info('h', 'batch', 6), info('r', 'batch', 5)]));
    expect(graph.value('r').shape).toEqual(['batch', 6]);
  });
});

const numbers = (...dims: number[]) =>
  float32(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
    dims,
  );
const whole = (type: ElementType, dims: number[], data: Tensor['data']): Tensor => ({ type, dims, data });

const rules: readonly (readonly [string, Tensor, readonly Tensor[], Attributes, number])[] = [
  ['LSTM', numbers(5, 2, 3), [numbers(1, 16, 3), numbers(1, 16, 4)], { hidden_size: 4 }, 3],
  [
    'LSTM',
    numbers(5, 2, 3),
    [numbers(2, 16, 3), numbers(2, 16, 4)],
    { hidden_size: 4, direction: 'bidirectional' },
    3,
  ],
  ['GRU', numbers(5, 2, 3), [numbers(1, 12, 3), numbers(1, 12, 4)], { hidden_size: 4 }, 2],
  ['RNN', numbers(5, 2, 3), [numbers(1, 4, 3), numbers(1, 4, 4)], { hidden_size: 4 }, 2],
  ['TopK', numbers(2, 5, 3), [int64([2])], { axis: 1 }, 2],
  ['Trilu', numbers(2, 4, 3), [], {}, 1],
  ['CumSum', numbers(2, 4), [int64(1)], {}, 1],
  ['DFT', numbers(2, 9, 1), [], { axis: 1, onesided: 1 }, 1],
  ['DFT', numbers(2, 8, 1), [int64(6)], { axis: 1 }, 1],
  ['QuantizeLinear', numbers(2, 3), [float32(0.1), whole('int8', [], Int8Array.of(1))], {}, 1],
  [
    'DequantizeLinear',
    whole('int8', [3], Int8Array.of(1, 2, 3)),
    [float32(0.1), whole('int8', [], Int8Array.of(1))],
    {},
    1,
  ],
  ['DynamicQuantizeLinear', numbers(2, 3), [], {}, 3],
  [
    'QLinearConv',
    whole('uint8', [1, 1, 5, 5], new Uint8Array(25).fill(3)),
    [
      ...[float32(0.1), whole('uint8', [], Uint8Array.of(0))],
      ...[
        whole('int8', [2, 1, 3, 3], new Int8Array(18).fill(1)),
        float32(0.1),
        whole('int8', [], Int8Array.of(0)),
      ],
      ...[float32(0.1), whole('int8', [], Int8Array.of(0))].map((tensor, i) =>
        i === 1 ? whole('uint8', [], Uint8Array.of(0)) : tensor,
      ),
    ],
    { pads: [1, 1, 1, 1] },
    1,
  ],
];

it.each(['TopK', 'DFT'])('%s of a scalar is refused by name', (operator) => {
  const graph = new Graph();
  const inputs = [graph.input('x', []), graph.constant(int64([1]))];
  expect(() => graph.apply(operator, inputs, { axis: 0 })).toThrow(
    `${operator} (node "${operator}"): a scalar`,
  );
});

describe('types and shapes of operators without a gradient are as ONNX Runtime has them', () => {
  it.each(rules)('%s', async (operator, x, others, attributes, outputCount) => {
    const graph = new Graph();
    const inputs: Value[] = [
      graph.input('x', x.dims, x.type),
      ...others.map((tensor) => graph.constant(tensor)),
    ];
    const outputs = graph.applyAll(operator, inputs, attributes, { outputCount });
    for (const output of outputs) graph.output(output);
    const results = await runOnce(graph, { x });
    for (const { name, type, shape } of outputs) {
      expect({ type, shape }).toEqual({ type: results[name]?.type, shape: results[name]?.dims });
    }
  });
});
