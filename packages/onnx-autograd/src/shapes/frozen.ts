import type { Shape } from '../graph/shape.js';
import type { ElementType } from '../tensor.js';
import { input, type NodeDraft, type OutputType, type ShapeRule } from './rule.js';
import { conv } from './windows.js';

// Shapes of operators through which no gradient passes here, so that a new head can be trained on what they make.

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
  ['QuantizeLinear', quantize],
  ['DequantizeLinear', dequantize],
  ['DynamicQuantizeLinear', dynamicQuantize],
  ['QLinearConv', quantizedConv],
]);
