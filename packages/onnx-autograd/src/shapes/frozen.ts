import { GraphError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { normaliseAxis, type Shape } from '../graph/shape.js';
import type { ElementType } from '../tensor.js';
import {
  constantNumbers,
  input,
  type NodeDraft,
  type OutputType,
  type ShapeRule,
  sameAsInput,
} from './rule.js';
import { conv } from './windows.js';

// Shapes of operators through which no gradient passes here, so that a new head can be trained on what they make.

/** The shape of what has at least one axis. */
function withAxes(node: NodeDraft): Shape {
  const x = input(node, 0).knownShape;
  if (x.length > 0) return x;
  throw new GraphError(`${node.operator} (node "${node.name}"): a scalar has no axis.`);
}

const topK: ShapeRule = (node) => {
  const { type } = input(node, 0);
  const x = withAxes(node);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', -1), x.length, 'TopK');
  const [count] = constantNumbers(input(node, 1)) ?? [];
  const shape = count === undefined ? undefined : x.with(axis, count);
  return [
    { type, shape },
    { type: 'int64', shape },
  ];
};

/** Real or complex numbers in, complex ones out: the last axis has the real and the imaginary part. */
const fourier: ShapeRule = (node) => {
  const { type } = input(node, 0);
  const x = withAxes(node);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 1), x.length, 'DFT');
  const given = node.inputs[1];
  const length = given === undefined ? x[axis] : constantNumbers(given)?.[0];
  const onesided = readInt(node.attributes, 'onesided', 0) === 1;
  if (typeof length !== 'number') return [{ type, shape: undefined }];
  const bins = onesided ? Math.floor(length / 2) + 1 : length;
  return [{ type, shape: x.with(axis, bins).with(-1, 2) }];
};

/** The type of the zero point that says what is quantized to. */
function quantizedType(node: NodeDraft, position: number): ElementType {
  return node.inputs[position]?.type ?? 'uint8';
}

const quantize: ShapeRule = (node) => [{ type: quantizedType(node, 2), shape: input(node, 0).knownShape }];

const dequantize: ShapeRule = (node) => [{ type: input(node, 1).type, shape: input(node, 0).knownShape }];

const dynamicQuantize: ShapeRule = (node) => {
  const scalar: Shape = [];
  return [
    { type: 'uint8', shape: input(node, 0).knownShape },
    { type: 'float32', shape: scalar },
    { type: 'uint8', shape: scalar },
  ];
};

const quantizedConv: ShapeRule = (node) => {
  const [{ shape }] = conv({ ...node, inputs: [input(node, 0), input(node, 3)] }) as [OutputType];
  return [{ type: quantizedType(node, 7), shape }];
};

/** By names of the standard. */
export const frozenRules: ReadonlyMap<string, ShapeRule> = new Map([
  ['TopK', topK],
  ['Trilu', sameAsInput],
  ['CumSum', sameAsInput],
  ['DFT', fourier],
  ['QuantizeLinear', quantize],
  ['DequantizeLinear', dequantize],
  ['DynamicQuantizeLinear', dynamicQuantize],
  ['QLinearConv', quantizedConv],
]);
