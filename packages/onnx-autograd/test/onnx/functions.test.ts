import { describe, expect, it } from 'vitest';
import { OnnxFormatError } from '../../src/errors.js';
import { readOnnx } from '../../src/onnx/read.js';
import {
  type AttributeProto,
  attributeTypes,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
} from '../../src/onnx/schema.js';
import { float32, toNumbers } from '../../src/tensor.js';
import { compileOnnx, runOnce } from '../run-graph.js';
import { node } from './control-flow/models.js';
import { modelMessage } from './protobuf.js';

const domain = 'layers';
const call = (opType: string, input: string[], output: string[], attribute: AttributeProto[] = []) =>
  node(opType, input, output, attribute, { domain, name: `${opType} of ${output}` });
const defined = (name: string, more: FunctionProto): FunctionProto => ({
  name,
  domain,
  opsetImport: [
    { domain: '', version: 17 },
    { domain, version: 1 },
  ],
  ...more,
});
const alpha = (value: number): AttributeProto => ({ name: 'alpha', type: attributeTypes.float, f: value });
const fromCall: AttributeProto = { name: 'alpha', type: attributeTypes.float, refAttrName: 'alpha' };

/** `x w`, a leaky ReLU of a slope that the call may give, and what is called `hidden` inside every function. */
const leaky = defined('Leaky', {
  input: ['x', 'w'],
  output: ['y'],
  attributeDefault: [alpha(0.5)],
  node: [node('MatMul', ['x', 'w'], ['hidden']), node('LeakyRelu', ['hidden'], ['y'], [fromCall])],
});
const twice = defined('Twice', {
  input: ['a', 'w'],
  output: ['b', 'hidden'],
  attribute: ['alpha'],
  node: [call('Leaky', ['a', 'w'], ['hidden'], [fromCall]), call('Leaky', ['hidden', 'w'], ['b'])],
});
const clipped = defined('Clipped', {
  input: ['x', 'low', 'high'],
  output: ['y'],
  node: [node('Clip', ['x', 'low', 'high'], ['y'])],
});
/** Before opset 13 a softmax went over all axes from its own on. */
const older = defined('Older', {
  input: ['x'],
  output: ['y'],
  opsetImport: [{ domain: '', version: 12 }],
  node: [node('Softmax', ['x'], ['y'], [{ name: 'axis', type: attributeTypes.int, i: 0 }])],
});

const square = { name: 'w', dims: [2, 2], dataType: 1, floatData: [1, -2, 0.5, 3] };

function model(nodes: NodeProto[], functions: FunctionProto[]): Uint8Array {
  const tensor = { elemType: 1, shape: { dim: [{ dimValue: 2 }, { dimValue: 2 }] } };
  const made: ModelProto = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain, version: 1 },
    ],
    functions,
    graph: {
      name: 'calls',
      node: nodes,
      initializer: [square, { name: 'bound', dims: [], dataType: 1, floatData: [0.25] }],
      input: [{ name: 'x', type: { tensorType: tensor } }],
      output: [{ name: 'y', type: { tensorType: tensor } }],
    },
  };
  return modelMessage.encode(modelMessage.fromObject(made as Record<string, unknown>)).finish();
}

const x = float32([1, -2, 3, 0.5], [2, 2]);

describe('functions of a file', () => {
  it.each<[string, NodeProto[]]>([
    ['with an attribute of its own', [call('Leaky', ['x', 'w'], ['y'])]],
    ['with an attribute of the call', [call('Leaky', ['x', 'w'], ['y'], [alpha(0.1)])]],
    ['in functions, with and without', [call('Twice', ['x', 'w'], ['y', 'h'], [alpha(0.25)])]],
    ['in functions, where the attribute stays absent', [call('Twice', ['x', 'w'], ['y', 'h'])]],
    [
      'called several times, under names that are taken',
      [
        call('Leaky', ['x', 'w'], ['hidden']),
        { ...call('Leaky', ['hidden', 'w'], ['Leaky/hidden']), name: 'Leaky' },
        call('Leaky', ['Leaky/hidden', 'w'], ['y']),
      ],
    ],
    ['without an input that may be absent', [call('Clipped', ['x', '', 'bound'], ['y'])]],
    ['with fewer inputs than it has', [call('Clipped', ['x', 'bound'], ['y'])]],
    ['beside an output that nobody wants', [call('Twice', ['x', 'w'], ['', 'y'])]],
  ])('compute what ONNX Runtime computes of them: %s', async (_, nodes) => {
    const bytes = model(nodes, [leaky, twice, clipped]);
    const wanted = await (await compileOnnx(bytes))({ x });
    const { graph } = readOnnx(bytes);
    expect(graph.nodes.filter((one) => one.domain !== '')).toEqual([]);
    expect(graph.initializers.map(({ name }) => name)).toContain('w');
    expect((await runOnce(graph, { x })).y).toEqual(wanted.y);
  });

  it('are read in their own opset', async () => {
    const { y } = await runOnce(readOnnx(model([call('Older', ['x'], ['y'])], [older])).graph, { x });
    const sum = toNumbers(x).reduce((total, value) => total + Math.exp(value), 0);
    for (const [i, value] of [...(y?.data ?? [])].entries())
      expect(value).toBeCloseTo(Math.exp(Number(x.data[i])) / sum, 6);
  });

  const itself = defined('Itself', { input: ['x'], output: ['y'], node: [call('Itself', ['x'], ['y'])] });
  /** Each calls the one before it twice. */
  const growing = Array.from({ length: 30 }, (_, i) =>
    defined(`Growing${i + 1}`, {
      input: ['x'],
      output: ['y'],
      node: i === 0 ? [] : [call(`Growing${i}`, ['x'], ['h']), call(`Growing${i}`, ['h'], ['y'])],
    }),
  );
  it.each<[string, NodeProto, FunctionProto[], RegExp]>([
    [
      'one that calls itself',
      call('Itself', ['x'], ['y']),
      [itself],
      /"Itself".*more than 64 deep, or by itself/,
    ],
    [
      'more nodes than a network has',
      call('Growing30', ['x'], ['y']),
      growing,
      /more than 32768 calls and nodes/,
    ],
    [
      'a call with too many inputs',
      call('Leaky', ['x', 'w', 'w'], ['y']),
      [leaky],
      /has 2 inputs.*the call has more/,
    ],
    [
      'an opset that is not read',
      call('Older', ['x'], ['y']),
      [{ ...older, opsetImport: [{ domain: '', version: 6 }] }],
      /opset 6/,
    ],
  ])('are refused: %s', (_, node, functions, message) => {
    expect(() => readOnnx(model([node], functions))).toThrow(OnnxFormatError);
    expect(() => readOnnx(model([node], functions))).toThrow(message);
  });
});
