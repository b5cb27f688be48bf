import { GraphError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { broadcast, type Dimension, describeShape, type Shape } from '../graph/shape.js';
import { input, type NodeDraft, type ShapeRule } from './rule.js';

function checkInner(node: NodeDraft, left: Dimension | undefined, right: Dimension | undefined): void {
  if (typeof left === 'number' && typeof right === 'number' && left !== right) {
    const shapes = node.inputs.slice(0, 2).map((value) => describeShape(value?.shape));
    throw new GraphError(
      `${node.operator} (node "${node.name}"): ${shapes.join(' times ')}: ${left} is not ${right}.`,
    );
  }
}

function multiply(node: NodeDraft, a: Shape, b: Shape): Shape {
  if (a.length === 0 || b.length === 0) {
    throw new GraphError(`${node.operator} (node "${node.name}"): a scalar is no matrix.`);
  }
  checkInner(node, a.at(-1), b.length === 1 ? b[0] : b.at(-2));
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2), node.operator);
  const rows = a.length > 1 ? [a.at(-2) as Dimension] : [];
  const columns = b.length > 1 ? [b.at(-1) as Dimension] : [];
  return [...batch, ...rows, ...columns];
}

export const matMul: ShapeRule = (node) => [
  { type: input(node, 0).type, shape: multiply(node, input(node, 0).knownShape, input(node, 1).knownShape) },
];

/** ONNX Runtime's matrix product with either operand's last two axes exchanged. */
export const fusedMatMul: ShapeRule = (node) => {
  const exchanged = (position: number, attribute: string) => {
    const shape = input(node, position).knownShape;
    return readInt(node.attributes, attribute, 0)
      ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()]
      : shape;
  };
  return [
    { type: input(node, 0).type, shape: multiply(node, exchanged(0, 'transA'), exchanged(1, 'transB')) },
  ];
};

export const gemm: ShapeRule = (node) => {
  const a = input(node, 0).knownShape;
  const b = input(node, 1).knownShape;
  if (a.length !== 2 || b.length !== 2) {
    throw new GraphError(
      `Gemm (node "${node.name}"): multiplies two matrices; got ${describeShape(a)} and ${describeShape(b)}.`,
    );
  }
  const [rows, leftInner] = readInt(node.attributes, 'transA', 0) ? [a[1], a[0]] : [a[0], a[1]];
  const [rightInner, columns] = readInt(node.attributes, 'transB', 0) ? [b[1], b[0]] : [b[0], b[1]];
  checkInner(node, leftInner, rightInner);
  return [{ type: input(node, 0).type, shape: [rows as Dimension, columns as Dimension] }];
};
