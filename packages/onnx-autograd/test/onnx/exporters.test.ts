import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { cast, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { OnnxFormatError } from '../../src/errors.js';
import type { Value } from '../../src/graph/value.js';
import { readOnnx } from '../../src/onnx/read.js';
import { attributeTypes, type ModelProto } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { oneNodeModel } from './one-node-model.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

describe('a file exported by PyTorch', () => {
  const bytes = fixture('exported_cnn.onnx');
  const read = (name: string) => JSON.parse(fixture(name).toString());
  const { x } = read('reference_cnn.json');
  const expected = read('exported_cnn.json').scores;
  const spectrogram = float32(x.data, x.dims);

  it('gives the same numbers after reading and writing', async () => {
    const original = await (await compileOnnx(bytes))({ spectrogram });
    const rewritten = await runOnce(readOnnx(bytes).graph, { spectrogram });
    expect(rewritten).toEqual(original);
    const scores = rewritten.scores as Tensor;
    expect(scores.dims).toEqual(expected.dims);
    for (const [i, value] of toNumbers(scores).entries()) expect(value).toBeCloseTo(expected.data[i], 4);
  });

  it('has known shapes throughout, and a symbolic batch', () => {
    const { graph } = readOnnx(bytes);
    expect(graph.value('spectrogram').shape).toEqual(['batch', 1, 9, 8]);
    expect(graph.value('scores').shape).toEqual(['batch', 3]);
    expect([...graph.values.values()].filter((value) => value.shape === undefined)).toEqual([]);
  });

  it('can be differentiated', async () => {
    const { graph } = readOnnx(bytes);
    const scores = graph.value('scores');
    const weight = graph.value('conv2.weight');
    const gradient = differentiate(graph, sum(scores, [0, 1], false), [weight]).get(weight) as Value;
    graph.output(gradient);
    const results = await runOnce(graph, { spectrogram });
    expect((results[gradient.name] as Tensor).dims).toEqual([6, 4, 3, 3]);
    expect(toNumbers(results[gradient.name] as Tensor).some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});

describe('reading what other exporters write', () => {
  it('names sizes that are not told', () => {
    const bytes = oneNodeModel(({ graph }) => {
      graph!.input = [
        {
          name: 'x',
          type: { tensorType: { elemType: 1, shape: { dim: [{}, { dimValue: -1 }, { dimValue: 4 }] } } },
        },
      ];
    });
    expect(readOnnx(bytes).graph.value('x').shape).toEqual(['x_0', 'x_1', 4]);
  });

  it('does not take sizes that are called "?" for the same', () => {
    const bytes = oneNodeModel(({ graph }) => {
      const dim = [{ dimParam: '?' }, { dimParam: '?' }, { dimParam: 'batch' }];
      graph!.input = [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }];
    });
    expect(readOnnx(bytes).graph.value('x').shape).toEqual(['x_0', 'x_1', 'batch']);
  });

  it('takes an input without a shape', () => {
    const bytes = oneNodeModel(({ graph }) => {
      graph!.input = [{ name: 'x', type: { tensorType: { elemType: 1 } } }];
    });
    expect(readOnnx(bytes).graph.value('x').shape).toBeUndefined();
    // The file tells that of the output.
    expect(readOnnx(bytes).graph.value('y').shape).toEqual([2, 3]);
  });

  it('makes initializers of constants, stored in any way', () => {
    const constants = [
      { name: 'value_float', type: attributeTypes.float, f: 0.5 },
      { name: 'value_int', type: attributeTypes.int, i: -4 },
      { name: 'value_floats', type: attributeTypes.floats, floats: [1, 2] },
      { name: 'value_ints', type: attributeTypes.ints, ints: [3, -4] },
      // "To the end" and "from the beginning", as exporters write them.
      { name: 'value_int', type: attributeTypes.int, i: 2n ** 63n - 1n },
      { name: 'value_ints', type: attributeTypes.ints, ints: [2n ** 63n - 1n, -(2n ** 63n)] },
      { name: 'value', type: attributeTypes.tensor, t: { dims: [2], dataType: 7, int64Data: [-1, 5] } },
      { name: 'value', type: attributeTypes.tensor, t: { dims: [1], dataType: 9, int32Data: [1] } },
    ];
    const bytes = oneNodeModel(({ graph }) => {
      graph!.node!.unshift(
        ...constants.map((attribute, i) => ({
          opType: 'Constant',
          output: [`c${i}`],
          attribute: [attribute],
        })),
      );
    });
    const { graph } = readOnnx(bytes);
    expect(graph.nodes).toHaveLength(1);
    expect(constants.map((_, i) => graph.value(`c${i}`).data)).toEqual([
      float32(0.5),
      int64(-4),
      float32([1, 2]),
      int64([3, -4]),
      { type: 'int64', dims: [], data: BigInt64Array.of(2n ** 63n - 1n) },
      { type: 'int64', dims: [2], data: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)) },
      int64([-1, 5]),
      { type: 'bool', dims: [1], data: Uint8Array.of(1) },
    ]);
  });

  it('takes the standard’s domain by its full name', async () => {
    const bytes = oneNodeModel((model) => {
      model.opsetImport = [{ domain: 'ai.onnx', version: 17 }];
      model.graph!.node![0]!.domain = 'ai.onnx';
    });
    const { graph } = readOnnx(bytes);
    const results = await runOnce(graph, { x: float32([-1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(toNumbers(results.y as Tensor)).toEqual([0, 2, 3, 4, 5, 6]);
  });

  it('takes axes as inputs, as opset 18 has them', async () => {
    const bytes = oneNodeModel((model) => {
      model.opsetImport = [{ domain: '', version: 18 }];
      const { graph } = model;
      graph!.initializer = [
        { name: 'axes', dims: [1], dataType: 7, int64Data: [-1] },
        { name: 'pads', dims: [2], dataType: 7, int64Data: [1, 0] },
      ];
      graph!.node = [
        { opType: 'Pad', input: ['x', 'pads', '', 'axes'], output: ['padded'] },
        { opType: 'ReduceMean', input: ['padded', 'axes'], output: ['mean'] },
        { opType: 'ReduceMax', input: ['padded', 'axes'], output: ['largest'] },
        { opType: 'Sub', input: ['largest', 'mean'], output: ['y'] },
      ];
      graph!.output = [{ name: 'y' }];
    });
    const x = float32([1, 2, 5, 4, 5, 7], [2, 3]);
    const original = await (await compileOnnx(bytes))({ x });
    expect(toNumbers(original.y as Tensor)).toEqual([3, 3]);
    const { graph } = readOnnx(bytes);
    expect(graph.value('padded').shape).toEqual([2, 4]);
    expect(await runOnce(graph, { x })).toEqual(original);
  });

  const refusals: readonly (readonly [string, (model: ModelProto) => void, RegExp])[] = [
    [
      'an opset before 7',
      (m) => {
        m.opsetImport = [{ version: 6 }];
      },
      /opset 6/,
    ],
    [
      'a graph without nodes',
      (m) => {
        m.graph!.node = [];
      },
      /not an ONNX model/,
    ],
    [
      'an input that nothing computes',
      (m) => {
        m.graph!.node![0]!.input = ['z'];
      },
      /"z"/,
    ],
    [
      'an output that nothing computes',
      (m) => {
        m.graph!.output = [{ name: 'q' }];
      },
      /"q"/,
    ],
    [
      'a subgraph',
      (m) => {
        m.graph!.node![0]!.attribute = [{ name: 'body', type: attributeTypes.graph, g: {} }];
      },
      /"body"/,
    ],
    [
      'an element type that is not read',
      (m) => {
        m.graph!.input![0]!.type!.tensorType!.elemType = 8;
      },
      /Element type 8 \(string\)/,
    ],
    [
      'a float of another kind',
      (m) => {
        m.graph!.input![0]!.type!.tensorType!.elemType = 16;
      },
      /Element type 16 \(bfloat16\) is not supported: export the network in float32/,
    ],
    [
      'weights that are too few',
      (m) => {
        m.graph!.initializer = [{ name: 'w', dataType: 1, dims: [2], rawData: new Uint8Array(4) }];
      },
      /"w" has 4 bytes/,
    ],
    [
      'a tensor of negative size',
      (m) => {
        m.graph!.initializer = [{ name: 'w', dataType: 1, dims: [-1, -1], floatData: [1] }];
      },
      /"w"/,
    ],
  ];
  it.each(refusals)('refuses %s', (_, changes, message) => {
    const read = () => readOnnx(oneNodeModel(changes));
    expect(read).toThrow(OnnxFormatError);
    expect(read).toThrow(message);
  });
});

it('a network in half precision is read, and training it says that single precision is needed', () => {
  const graph = new Graph();
  const x = graph.input('x', ['batch', 2], 'float16');
  const halves = { type: 'float16', dims: [2, 1], data: Uint16Array.of(0x3c00, 0x4000) } as const;
  graph.output(graph.apply('MatMul', [x, graph.initializer(halves, 'weight')], {}, { outputs: ['y'] }));
  const read = readOnnx(writeOnnx(graph)).graph;
  expect(read.value('weight').data).toEqual(halves);
  expect(read.value('y').type).toBe('float16');
  const builder = new ProgramBuilder();
  const given = builder.graph.input('given', ['batch', 2], 'float16');
  const y = builder.include(read, { inputs: { x: given } }).value(read.value('y'));
  const train = () => builder.trainingProgram(sum(cast(y, 'float32'), [0, 1], false));
  expect(train).toThrow(/it is float16.*Export the network in float32/);
});
