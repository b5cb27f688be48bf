import type { Attributes } from '../graph/attributes.js';
import { float } from '../graph/attributes.js';
import type { GraphBuilder, Value } from '../graph/value.js';
import { elementTypeCodes } from '../operators/element-types.js';
import { type ElementType, float32, int64 } from '../tensor.js';

/**
 * Graph expressions that read like formulas. Each adds one node to the graph of its operands and returns its output;
 * a number among the operands becomes a constant.
 *
 * ```ts
 * const distance = sqrt(sum(square(sub(a, b)), [1]));
 * ```
 */
export type Operand = Value | number;

function valueAmong(...operands: Operand[]): Value {
  const value = operands.find((operand) => typeof operand !== 'number');
  if (value === undefined)
    throw new TypeError('An expression needs at least one graph value among its operands.');
  return value;
}

/** A number as a constant, double where the values beside it are. */
function lift(operand: Operand, graph: GraphBuilder, type: ElementType): Value {
  if (typeof operand !== 'number') return operand;
  const double = { type: 'float64', dims: [], data: Float64Array.of(operand) } as const;
  return graph.constant(type === 'float64' ? double : float32(operand), 'scalar');
}

function binary(operator: string) {
  return (a: Operand, b: Operand): Value => {
    const { graph, type } = valueAmong(a, b);
    return graph.apply(operator, [lift(a, graph, type), lift(b, graph, type)]);
  };
}

function unary(operator: string) {
  return (x: Value): Value => x.graph.apply(operator, [x]);
}

/** `a + b`; shapes broadcast. */
export const add = binary('Add');
/** `a - b`; shapes broadcast. */
export const sub = binary('Sub');
/** `a * b`, element by element; shapes broadcast. */
export const mul = binary('Mul');
/** `a / b`, element by element; shapes broadcast. */
export const div = binary('Div');
/** `a` to the power of `b`; shapes broadcast. */
export const pow = binary('Pow');
/** The larger of `a` and `b`, element by element; shapes broadcast. */
export const maximum = binary('Max');
/** The smaller of `a` and `b`, element by element; shapes broadcast. */
export const minimum = binary('Min');
/** Where `a = b`, as `bool`; shapes broadcast. Like all comparisons it has no gradient. */
export const equal = binary('Equal');
/** Where `a < b`, as `bool`; shapes broadcast. */
export const less = binary('Less');
/** Where `a > b`, as `bool`; shapes broadcast. */
export const greater = binary('Greater');
/** Where `a <= b`, as `bool`; shapes broadcast. */
export const lessOrEqual = binary('LessOrEqual');
/** Where `a >= b`, as `bool`; shapes broadcast. */
export const greaterOrEqual = binary('GreaterOrEqual');

/** `max(0, x)`; its slope at 0 is 0. */
export const relu = unary('Relu');
/** `1 / (1 + exp(-x))`. */
export const sigmoid = unary('Sigmoid');
/** Hyperbolic tangent. */
export const tanh = unary('Tanh');
/** `e` to the power of `x`. */
export const exp = unary('Exp');
/** Natural logarithm. */
export const log = unary('Log');
/** Square root. Its slope at 0 is infinite. */
export const sqrt = unary('Sqrt');
/** `1 / x`. */
export const reciprocal = unary('Reciprocal');
/** Absolute value; its slope at 0 is 0. */
export const abs = unary('Abs');
/** `-x`. */
export const neg = unary('Neg');
/** -1, 0 or 1. It has no gradient. */
export const sign = unary('Sign');
/** Sine of radians. */
export const sin = unary('Sin');
/** Cosine of radians. */
export const cos = unary('Cos');
/** The sizes of all axes when the graph runs, int64, `(rank)`. */
export const shape = unary('Shape');
/** The mean of each channel: `(batch, channels, 1, 1)` of `(batch, channels, height, width)`. */
export const globalAveragePool = unary('GlobalAveragePool');

/** `x * x`. */
export const square = (x: Value): Value => mul(x, x);

/** Matrix product of the last two axes; leading axes broadcast. */
export const matMul = binary('MatMul');

/**
 * Matrix product with either operand's last two axes exchanged, without a copy: `a b'` is
 * `fusedMatMul(a, b, { transB: 1 })`. An operator of ONNX Runtime (domain `com.microsoft`).
 */
export function fusedMatMul(
  a: Value,
  b: Value,
  attributes: { transA?: number; transB?: number; alpha?: number },
): Value {
  const { alpha, ...transposed } = attributes;
  return a.graph.apply(
    'FusedMatMul',
    [a, b],
    { ...transposed, ...(alpha !== undefined && { alpha: float(alpha) }) },
    { domain: 'com.microsoft' },
  );
}

/** Another element type. Float to bool asks "is it not zero?". */
export function cast(x: Value, type: ElementType): Value {
  return x.graph.apply('Cast', [x], { to: elementTypeCodes[type] });
}

/** `chosen` where the condition holds, `otherwise` elsewhere. */
export function where(condition: Value, chosen: Operand, otherwise: Operand): Value {
  const { graph } = condition;
  const value = [chosen, otherwise].find((operand) => typeof operand !== 'number');
  const type = value?.type ?? 'float32';
  return graph.apply('Where', [condition, lift(chosen, graph, type), lift(otherwise, graph, type)]);
}

/** 1 where x is not zero, 0 elsewhere. (Two casts: ONNX Runtime runs them on all cores, unlike `Sign`.) */
export function indicator(x: Value): Value {
  return cast(cast(x, 'bool'), x.type);
}

/** Sizes for `Reshape`: -1 for the one that is left to be computed, 0 to copy the input's. */
export function reshape(x: Value, sizes: readonly number[] | Value): Value {
  return x.graph.apply('Reshape', [
    x,
    Array.isArray(sizes) ? constantIntegers(x.graph, sizes) : (sizes as Value),
  ]);
}

/** `x` with its axes in the order of `permutation`: axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  return x.graph.apply('Transpose', [x], { perm: permutation });
}

/** A matrix: the axes before `axis` become its rows, the others its columns. */
export function flatten(x: Value, axis = 1): Value {
  return x.graph.apply('Flatten', [x], { axis });
}

/** Without the given axes, which have size 1. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  return x.graph.apply('Squeeze', [x, constantIntegers(x.graph, axes)]);
}

/** With new axes of size 1 at the given places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  return x.graph.apply('Unsqueeze', [x, constantIntegers(x.graph, axes)]);
}

/** Values one after the other along an axis; their other sizes are equal. */
export function concat(values: readonly [Value, ...Value[]], axis: number): Value {
  return values[0].graph.apply('Concat', values, { axis });
}

/** Elements from `starts` up to, not including, `ends` along each of `axes`. */
export function slice(
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps?: readonly number[],
): Value {
  const bounds = [starts, ends, axes, ...(steps ? [steps] : [])].map((list) =>
    constantIntegers(x.graph, list),
  );
  return x.graph.apply('Slice', [x, ...bounds]);
}

/** Zeros before and after each axis; negative amounts crop. */
export function pad(x: Value, begin: readonly number[], end: readonly number[]): Value {
  return x.graph.apply('Pad', [x, constantIntegers(x.graph, [...begin, ...end])]);
}

/** Repeats along axes of size 1 until the shape is that held by `sizes`. */
export function expand(x: Value, sizes: readonly number[] | Value): Value {
  return x.graph.apply('Expand', [
    x,
    Array.isArray(sizes) ? constantIntegers(x.graph, sizes) : (sizes as Value),
  ]);
}

/** The slices of `x` along an axis that `indices` (int64 or int32) names, in their shape, which replaces the axis. */
export function gather(x: Value, indices: Value, axis: number): Value {
  return x.graph.apply('Gather', [x, indices], { axis });
}

/** Sum over axes, which stay with size 1 unless `keep` is false. */
export function sum(x: Value, axes: readonly number[], keep = true): Value {
  return x.graph.apply('ReduceSum', [x, constantIntegers(x.graph, axes)], { keepdims: keep ? 1 : 0 });
}

/** Mean over axes (all of them when none are named), which stay with size 1 unless `keep` is false. */
export function mean(x: Value, axes?: readonly number[], keep = true): Value {
  return x.graph.apply('ReduceMean', [x], { ...(axes && { axes }), keepdims: keep ? 1 : 0 });
}

/** Largest value over axes, which stay with size 1 unless `keep` is false. */
export function reduceMax(x: Value, axes: readonly number[], keep = true): Value {
  return x.graph.apply('ReduceMax', [x], { axes, keepdims: keep ? 1 : 0 });
}

/** Product over axes, which stay with size 1 unless `keep` is false. */
export function reduceProduct(x: Value, axes: readonly number[], keep = true): Value {
  return x.graph.apply('ReduceProd', [x], { axes, keepdims: keep ? 1 : 0 });
}

/** `exp(x)`, divided by its sum along an axis. */
export function softmax(x: Value, axis: number): Value {
  return x.graph.apply('Softmax', [x], { axis });
}

/** The logarithm of {@link softmax}, without overflow. */
export function logSoftmax(x: Value, axis: number): Value {
  return x.graph.apply('LogSoftmax', [x], { axis });
}

/** The size of one axis when the graph runs, as a floating-point scalar. */
export function sizeOf(x: Value, axis: number): Value {
  return cast(gather(shape(x), x.graph.constant(int64(axis), 'axis'), 0), 'float32');
}

/**
 * Cross-correlation, as in the standard's `Conv`.
 *
 * @param x `(batch, channels, ...sizes)`, with one or more spatial axes.
 * @param filter `(filters, channels / group, ...kernel)`.
 * @param bias `(filters)`.
 * @param attributes `strides`, `dilations`, `pads` (all begins, then all ends), `group`, `auto_pad`.
 * @returns `(batch, filters, ...sizes)`.
 */
export function conv(x: Value, filter: Value, bias: Value | undefined, attributes: Attributes = {}): Value {
  return x.graph.apply('Conv', bias ? [x, filter, bias] : [x, filter], attributes);
}

function constantIntegers(graph: GraphBuilder, list: readonly number[]): Value {
  return graph.constant(int64(list), 'integers');
}
