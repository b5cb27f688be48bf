import { fusedMatMul, mul, reshape, sum } from '../building/expressions.js';
import { readFloat, readInt } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { type GradientRule, gradientOf, required } from './rule.js';

/** `y = a b`: `da = dy b'`, `db = a' dy`. A vector operand counts as a matrix with one row or column. */
export const matMul: GradientRule = (context) => {
  const [a, b] = [required(context, 0), required(context, 1)];
  const rowsA = a.rank === 1 ? reshape(a, [1, -1]) : a;
  const columnsB = b.rank === 1 ? reshape(b, [-1, 1]) : b;
  const dy = asMatrix(context.dy, a.rank === 1, b.rank === 1);
  const da = () => {
    const full = fusedMatMul(dy, columnsB, { transB: 1 });
    return a.rank === 1 ? reshape(sumLeading(full, 2), [-1]) : full;
  };
  const db = () => {
    const full = fusedMatMul(rowsA, dy, { transA: 1 });
    return b.rank === 1 ? reshape(sumLeading(full, 2), [-1]) : full;
  };
  return [gradientOf(context, 'input', da), gradientOf(context, 'filter', db)];
};

/** The gradient with the axes put back that a vector operand leaves out. */
function asMatrix(dy: Value, rowMissing: boolean, columnMissing: boolean): Value {
  const leading = dy.rank - (rowMissing ? 0 : 1) - (columnMissing ? 0 : 1);
  if (!rowMissing && !columnMissing) return dy;
  if (rowMissing && columnMissing) return reshape(dy, [1, 1]);
  const copied = new Array<number>(Math.max(0, leading)).fill(0);
  return rowMissing ? reshape(dy, [...copied, 1, -1]) : reshape(dy, [...copied, -1, 1]);
}

function sumLeading(x: Value, keep: number): Value {
  const axes = Array.from({ length: x.rank - keep }, (_, axis) => axis);
  return axes.length > 0 ? sum(x, axes, false) : x;
}

/** `y = alpha a b`, either operand transposed first. */
export const fusedProduct: GradientRule = (context) => {
  const { attributes } = context.node;
  const [a, b] = [required(context, 0), required(context, 1)];
  const alpha = readFloat(attributes, 'alpha', 1);
  const transA = readInt(attributes, 'transA', 0);
  const transB = readInt(attributes, 'transB', 0);
  const product = (left: Value, right: Value, transLeft: number, transRight: number) =>
    fusedMatMul(left, right, { transA: transLeft, transB: transRight, ...(alpha !== 1 && { alpha }) });
  const { dy } = context;
  const da = () => (transA ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB));
  const db = () => (transB ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0));
  return [gradientOf(context, 'input', da), gradientOf(context, 'filter', db)];
};

/** `y = alpha a b + beta c`. */
export const gemm: GradientRule = (context) => {
  const beta = readFloat(context.node.attributes, 'beta', 1);
  const toAdded = () => (beta === 1 ? context.dy : mul(context.dy, beta));
  return [...fusedProduct(context), gradientOf(context, 'bias', toAdded)];
};
