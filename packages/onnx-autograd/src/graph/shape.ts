import { GraphError } from '../errors.js';

/**
 * The size of one axis: a number, or a name for a size that is known only when the graph runs,
 * such as `batch` or the product `49*batch`.
 */
export type Dimension = number | string;

/** The sizes of all axes; `undefined` where not even their number is known. */
export type Shape = readonly Dimension[];

/** More axes than any tensor has; a file that claims more is broken. */
const mostAxes = 64;

/** Symbols longer than this are not carried on. */
export const longestSymbol = 200;

/** @throws GraphError when a size is not a whole number or a name, or when there are too many axes. */
export function checkSizes(shape: Shape, of: string): void {
  if (shape.length > mostAxes)
    throw new GraphError(`${of} has ${shape.length} axes; at most ${mostAxes} are known.`);
  for (const size of shape) {
    const isSound =
      typeof size === 'number' ? Number.isSafeInteger(size) && size >= 0 : typeof size === 'string';
    if (!isSound)
      throw new GraphError(`${of} has the shape ${describeShape(shape)}, where ${size} is no size.`);
  }
}

/** A product of sizes: a number times the symbols, in canonical order, so that equal products compare equal. */
export function product(dimensions: Shape): Dimension {
  let coefficient = 1;
  const symbols: string[] = [];
  for (const dimension of dimensions) {
    if (typeof dimension === 'number') {
      coefficient *= dimension;
      continue;
    }
    for (const factor of dimension.split('*')) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else symbols.push(factor);
    }
  }
  if (symbols.length === 0 || coefficient === 0) return coefficient;
  const names = symbols.sort().join('*');
  return coefficient === 1 ? names : `${coefficient}*${names}`;
}

/** `total / divisor` where that can be told exactly, otherwise `undefined`. */
export function quotient(total: Dimension, divisor: Dimension): Dimension | undefined {
  const dividend = factors(total);
  const by = factors(divisor);
  for (const symbol of by.symbols) {
    const at = dividend.symbols.indexOf(symbol);
    if (at < 0) return undefined;
    dividend.symbols.splice(at, 1);
  }
  if (by.coefficient === 0 || dividend.coefficient % by.coefficient !== 0) return undefined;
  return product([dividend.coefficient / by.coefficient, ...dividend.symbols]);
}

function factors(dimension: Dimension): { coefficient: number; symbols: string[] } {
  if (typeof dimension === 'number') return { coefficient: dimension, symbols: [] };
  const parts = dimension.split('*');
  const symbols = parts.filter((part) => !/^\d+$/.test(part));
  const numbers = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  return { coefficient: numbers.reduce((a, b) => a * b, 1), symbols };
}

/** The name of a size that is computed in a way of its own: one symbol, even where products are in it. */
export function symbol(text: string): string {
  return text.replaceAll('*', '·');
}

/** A sum of sizes; symbolic terms are named together, in parentheses so that the sum is one symbol. */
export function sum(dimensions: Shape): Dimension {
  const symbols = dimensions.filter((dimension) => typeof dimension === 'string');
  const constant = dimensions.reduce<number>((total, d) => (typeof d === 'number' ? total + d : total), 0);
  if (symbols.length === 0) return constant;
  if (symbols.length === 1 && constant === 0) return symbols[0] as Dimension;
  return symbol(`(${[...symbols.sort(), ...(constant ? [constant] : [])].join('+')})`);
}

/** The shape of an elementwise operation on two shapes (multidirectional broadcasting of the ONNX standard). */
export function broadcast(a: Shape, b: Shape, operator: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - (rank - a.length)] ?? 1;
    const right = b[i - (rank - b.length)] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    // One size is known and not 1: the other, unknown until the graph runs, must be that or 1.
    if (typeof left === 'string') return right;
    if (typeof right === 'string') return left;
    throw new GraphError(`${operator}: shapes ${describeShape(a)} and ${describeShape(b)} do not broadcast.`);
  });
}

/** An axis counted from the front, checked against the rank. */
export function normaliseAxis(axis: number, rank: number, operator: string): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (fromFront < 0 || fromFront >= Math.max(rank, 1)) {
    throw new GraphError(`${operator}: axis ${axis} is out of range for ${rank} axes.`);
  }
  return fromFront;
}

/** For messages: `(batch, 64, 63, 64)`. */
export function describeShape(shape: Shape | undefined): string {
  return shape === undefined ? 'unknown shape' : `(${shape.join(', ')})`;
}

/** The sizes as numbers, or an error that says who needs them. */
export function staticSizes(shape: Shape, operator: string): number[] {
  return shape.map((size) => {
    if (typeof size === 'number') return size;
    throw new GraphError(
      `${operator}: needs sizes known before the graph runs; got ${describeShape(shape)}. Give them as numbers where the ` +
        "network is included, such as graph.input('x', ['batch', 1, 16000]).",
    );
  });
}

/** How many elements a value has where every symbol is 1: what one sample takes, to compare values by. */
export function elementsPerSample(shape: Shape | undefined): number {
  const known = (size: Dimension) => (typeof size === 'number' ? size : Number(/^\d+/.exec(size)?.[0] ?? 1));
  return (shape ?? []).reduce<number>((count, size) => count * known(size), 1);
}
