import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { cast, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { OnnxFormatError } from '../../src/errors.js';
import type { Value } from '../../src/graph/value.js';
import { exportOnnx } from '../../src/onnx/export.js';
import { readOnnx } from '../../src/onnx/read.js';
import { attributeTypes, type ModelProto } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { findWeights } from '../../src/programs/weights.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { modelMessage } from './protobuf.js';

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

/** A model of one node, to be varied. */
function proto(changes: (model: ModelProto) => void): Uint8Array {
  const dims = (...sizes: number[]) => ({
    type: { tensorType: { elemType: 1, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
  });
  const model: ModelProto = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'one',
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', ...dims(2, 3) }],
      output: [{ name: 'y', ...dims(2, 3) }],
    },
  };
  changes(model);
  return modelMessage.encode(modelMessage.fromObject(model as Record<string, unknown>)).finish();
}

describe('reading what other exporters write', () => {
  it('names sizes that are not told', () => {
    const bytes = proto(({ graph }) => {
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
    const bytes = proto(({ graph }) => {
      const dim = [{ dimParam: '?' }, { dimParam: '?' }, { dimParam: 'batch' }];
      graph!.input = [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }];
    });
    expect(readOnnx(bytes).graph.value('x').shape).toEqual(['x_0', 'x_1', 'batch']);
  });

  it('takes an input without a shape', () => {
    const bytes = proto(({ graph }) => {
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
    const bytes = proto(({ graph }) => {
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
    const bytes = proto((model) => {
      model.opsetImport = [{ domain: 'ai.onnx', version: 17 }];
      model.graph!.node![0]!.domain = 'ai.onnx';
    });
    const { graph } = readOnnx(bytes);
    const results = await runOnce(graph, { x: float32([-1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(toNumbers(results.y as Tensor)).toEqual([0, 2, 3, 4, 5, 6]);
  });

  it('takes axes as inputs, as opset 18 has them', async () => {
    const bytes = proto((model) => {
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
    const read = () => readOnnx(proto(changes));
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

describe('what exporters mean by weights', () => {
  /** A product with a matrix; the bytes of a tensor of an element type. */
  const product = (change: (model: ModelProto) => void) =>
    proto((model) => {
      model.graph!.node = [{ opType: 'MatMul', input: ['x', 'w'], output: ['y'] }];
      model.graph!.output = [{ name: 'y' }];
      change(model);
    });
  const matrix = { dims: [3, 2], dataType: 1, floatData: [1, 2, 3, 4, 5, 6] };
  const inNode = {
    opType: 'Constant',
    output: ['w'],
    attribute: [{ name: 'value', type: attributeTypes.tensor, t: matrix }],
  };

  it.each([
    ['in Constant nodes, where there are no others', { nodes: [inNode], initializer: [] }, ['w']],
    [
      'not in Constant nodes, where others are initializers',
      { nodes: [inNode], initializer: [{ name: 'other', ...matrix }] },
      [],
    ],
    [
      'not in Constant nodes of our own files',
      { nodes: [inNode], initializer: [], producer: 'onnx-autograd' },
      [],
    ],
  ])(
    '%s',
    (_, {
      nodes,
      initializer,
      producer,
    }: { nodes: object[]; initializer: object[]; producer?: string }, trained) => {
      const bytes = product((model) => {
        if (producer) model.producerName = producer;
        model.graph!.node!.unshift(...nodes);
        model.graph!.initializer = initializer;
      });
      expect([...findWeights(readOnnx(bytes).graph).trainable].map(({ name }) => name)).toEqual(trained);
    },
  );

  it('stored in half precision and used in single: to the bit', () => {
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0000];
    const bytes = product((model) => {
      model.graph!.node!.unshift({
        opType: 'Cast',
        input: ['half'],
        output: ['w'],
        attribute: [{ name: 'to', type: attributeTypes.int, i: 1 }],
      });
      model.graph!.initializer = [{ name: 'half', dims: [3, 2], dataType: 10, int32Data: halves }];
    });
    const { graph } = readOnnx(bytes);
    expect([...findWeights(graph).trainable].map(({ name }) => name)).toEqual(['w']);
    expect(toNumbers(graph.value('w').data as Tensor)).toEqual([1, -2, 65504, 2 ** -24, -1023 * 2 ** -24, 0]);
  });

  /** A layer, what is one number, and what is joined in between, all of which exporters name. */
  const named = (change: (model: ModelProto) => void) =>
    proto((model) => {
      const { graph } = model;
      const one = (name: string, ...dims: number[]) => ({
        name,
        dims,
        dataType: 1,
        floatData: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => 0.5 + i),
      });
      graph!.initializer = [
        one('layer.weight', 3, 2),
        one('window', 2),
        one('temperature'),
        one('onnx::Mul_7', 1),
        one('level'),
        one('val_3', 2),
      ];
      graph!.node = [
        { opType: 'Sub', input: ['x', 'level'], output: ['centred'] },
        { opType: 'MatMul', input: ['centred', 'layer.weight'], output: ['h'] },
        { opType: 'Mul', input: ['h', 'window'], output: ['windowed'] },
        { opType: 'Add', input: ['windowed', 'val_3'], output: ['shifted'] },
        { opType: 'Exp', input: ['temperature'], output: ['scale'] },
        { opType: 'Mul', input: ['shifted', 'scale'], output: ['scaled'] },
        { opType: 'Mul', input: ['scaled', 'onnx::Mul_7'], output: ['y'] },
      ];
      graph!.output = [{ name: 'y' }];
      change(model);
    });
  const kind = (name: string, value: string) => ({
    name,
    metadata: [{ key: 'pkg.torch.export.graph_signature.InputSpec.kind', value }],
  });
  const weightsOf = (graph: Graph) => {
    const { trainable, left } = findWeights(graph);
    const names = (values: Iterable<Value>) => [...values].map(({ name }) => name).toSorted();
    return { trained: names(trainable), left: names(left.keys()) };
  };
  const told = (model: ModelProto) => {
    model.graph!.valueInfo = [
      ...['layer.weight', 'temperature'].map((name) => kind(name, 'PARAMETER')),
      ...['window', 'level'].map((name) => kind(name, 'BUFFER')),
      {
        name: 'val_3',
        metadata: [{ key: 'pkg.onnxscript.optimizer.folded_from', value: "['window', 'level']" }],
      },
    ];
    const targets = ['layer.weight', 'temperature', 'layer.bias', 'other.weight'];
    const signature = targets.map((name) => `p_${name}: PARAMETER target='${name}'`).join('\n');
    model.graph!.metadata = [
      { key: 'pkg.torch.export.ExportedProgram.graph_signature', value: `# inputs\n${signature}` },
    ];
  };

  it.each<[string, (model: ModelProto) => void, string[], string[]]>([
    [
      'those that PyTorch calls parameters, a single number too, and not buffers, nor what is computed from them',
      told,
      ['layer.weight', 'temperature'],
      ['level', 'onnx::Mul_7', 'val_3', 'window'],
    ],
    [
      'of the older exporter single numbers that the module has, but for the input',
      (model) => {
        model.producerName = 'pytorch';
      },
      ['layer.weight', 'temperature', 'val_3', 'window'],
      ['level', 'onnx::Mul_7'],
    ],
    [
      'of others no single numbers',
      () => {},
      ['layer.weight', 'val_3', 'window'],
      ['level', 'onnx::Mul_7', 'temperature'],
    ],
  ])('%s; and again when the file was written', (_, change, trained, left) => {
    const model = readOnnx(named(change));
    expect(weightsOf(model.graph)).toEqual({ trained, left });
    expect(weightsOf(readOnnx(exportOnnx(model)).graph)).toEqual({ trained, left });
  });

  it('tells parameters that the module had and the file has not', () => {
    expect(readOnnx(named(told)).missing).toEqual(['layer.bias', 'other.weight']);
    expect(readOnnx(named(() => {})).missing).toEqual([]);
    const folded = named((model) => {
      told(model);
      const metadata = [{ key: 'pkg.onnxscript.optimizer.folded_from', value: "['layer.bias']" }];
      model.graph!.valueInfo!.push({ name: 'onnx::Mul_7', metadata });
    });
    expect(readOnnx(folded).missing).toEqual(['other.weight']);
  });

  it('what its exporter calls a parameter can be frozen, and what it does not call so can be named', () => {
    const { graph } = readOnnx(named(told));
    expect([...findWeights(graph, ['window']).trainable].map(({ name }) => name)).toEqual(['window']);
  });
});
