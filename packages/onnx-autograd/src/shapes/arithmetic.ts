import { readInt } from '../graph/attributes.js';
import { broadcast, type Dimension, product, quotient, type Shape, sum } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import type { Operator } from '../operators/catalogue.js';
import { elementTypeOf } from '../operators/element-types.js';
import { heldAtMost } from './rule.js';

/** What is looked at of a node whose operator is known. */
export type KnownNode = Pick<Node, 'inputs' | 'attributes'> & { readonly operator: Operator };

type Combine = (a: Dimension, b: Dimension, whole: boolean) => Dimension | undefined;

const numeric =
  (combine: (a: number, b: number, whole: boolean) => number): Combine =>
  (a, b, whole) =>
    typeof a === 'number' && typeof b === 'number' ? combine(a, b, whole) : undefined;

/** A size that has a name is not negative; of two names only the same are told to be equal. */
const equal: Combine = (a, b) => {
  if (a === b) return 1;
  if (typeof a === 'number' && typeof b === 'number') return 0;
  return (typeof a === 'number' && a < 0) || (typeof b === 'number' && b < 0) ? 0 : undefined;
};

const binary: Readonly<Partial<Record<Operator, Combine>>> = {
  Add: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : sum([a, b])),
  Sub: (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return b === 0 ? a : a === b ? 0 : undefined;
  },
  Mul: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a * b : product([a, b])),
  // Whole numbers are divided without a rest, towards zero.
  Div: (a, b, whole) => {
    if (typeof a !== 'number' || typeof b !== 'number') return whole ? quotient(a, b) : undefined;
    return whole ? Math.trunc(a / b) : a / b;
  },
  Mod: numeric((a, b) => a - b * Math.floor(a / b)),
  Pow: numeric((a, b) => a ** b),
  Max: numeric((a, b) => Math.max(a, b)),
  Min: numeric((a, b) => Math.min(a, b)),
  Equal: equal,
  Less: numeric((a, b) => Number(a < b)),
  LessOrEqual: numeric((a, b) => Number(a <= b)),
  Greater: numeric((a, b) => Number(a > b)),
  GreaterOrEqual: numeric((a, b) => Number(a >= b)),
  And: numeric((a, b) => a & b),
  Or: numeric((a, b) => a | b),
};

const unary: Readonly<Partial<Record<Operator, (x: number) => number>>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Not: (x) => Number(x === 0),
};

/** What an elementwise node holds, given what its inputs hold; sizes that have a name are carried along. */
export function arithmetic(node: KnownNode, held: (value: Value) => Shape | undefined): Shape | undefined {
  const [x, second] = node.inputs;
  if (x === undefined) return undefined;
  if (node.operator === 'Cast') {
    const whole = !elementTypeOf(readInt(node.attributes, 'to', 1)).startsWith('float');
    return held(x)?.map((size) => (whole && typeof size === 'number' ? Math.trunc(size) : size));
  }
  if (node.operator === 'ReduceProd' || node.operator === 'Size') {
    const sizes = node.operator === 'Size' ? x.shape : x.rank < 2 ? held(x) : undefined;
    return sizes && [product(sizes)];
  }
  const one = unary[node.operator];
  if (one) {
    const sizes = held(x);
    return sizes?.every((size) => typeof size === 'number') ? sizes.map(one) : undefined;
  }
  const operands = spread(node, held);
  if (operands === undefined) return undefined;
  const [a = [], b = [], c = []] = operands;
  const results = a.map((size, i): Dimension | undefined => {
    if (node.operator === 'Where') return size === 1 ? b[i] : size === 0 ? c[i] : undefined;
    return binary[node.operator]?.(size, b[i] as Dimension, !x.type.startsWith('float'));
  });
  return second && results.every((size) => size !== undefined) ? results : undefined;
}

/** What the inputs hold, broadcast to one shape. */
function spread(node: KnownNode, held: (value: Value) => Shape | undefined): Shape[] | undefined {
  const wanted = node.operator === 'Where' ? 3 : 2;
  if (node.inputs.length !== wanted || (wanted === 2 && !(node.operator in binary))) return undefined;
  const shapes = node.inputs.map((input) => input?.shape);
  const lists = node.inputs.map((input) => input && held(input));
  if (!shapes.every(isStatic) || !lists.every((list) => list !== undefined)) return undefined;
  const shape = shapes.reduce<Shape>(
    (whole, other) => broadcast(whole, other, node.operator),
    [],
  ) as number[];
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > heldAtMost) return undefined;
  return lists.map((list, k) =>
    Array.from({ length: count }, (_, i) => list[placeIn(shapes[k] as number[], shape, i)] as Dimension),
  );
}

function isStatic(shape: Shape | undefined): shape is number[] {
  return shape?.every((size) => typeof size === 'number') ?? false;
}

/** Where an element of the broadcast shape comes from. */
function placeIn(own: readonly number[], shape: readonly number[], index: number): number {
  let [place, stride, rest] = [0, 1, index];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = own[axis - (shape.length - own.length)] ?? 1;
    const along = rest % (shape[axis] as number);
    rest = Math.floor(rest / (shape[axis] as number));
    if (size > 1) place += along * stride;
    stride *= size;
  }
  return place;
}
