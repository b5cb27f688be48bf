import {
  concat,
  fusedMatMul,
  pad,
  reshape,
  slice,
  sum,
  transpose,
  unsqueeze,
} from '../building/expressions.js';
import { staticSizes } from '../graph/shape.js';
import { sizeAt, type Value } from '../graph/value.js';
import type { Convolution } from './convolution.js';

/**
 * The gradient of a convolution's filter as matrix products over the places: `dW[o, c, i, j]` sums
 * `dy[n, o, h, w] x[n, c, h + i, w + j]` over samples and places. On a CPU several times as fast as a convolution with a
 * filter as large as the map. For stride 1, one group and known sizes; otherwise `undefined`.
 */
export function filterGradientAsProducts(
  dy: Value,
  x: Value,
  filter: Value,
  convolution: Convolution,
): Value | undefined {
  const { window, groups } = convolution;
  const rank = window.kernel.length;
  const dense = groups === 1 && rank <= 2 && window.strides.every((stride) => stride === 1);
  const known = [...x.knownShape.slice(1), ...dy.knownShape.slice(1)].every(
    (size) => typeof size === 'number',
  );
  if (!dense || !known) return undefined;
  const [out, channels] = staticSizes(filter.knownShape, 'Conv') as [number, number];
  const places = staticSizes(dy.knownShape.slice(2), 'Conv').reduce((a, b) => a * b, 1);
  if (2 * channels < out) return asGatheredProduct(dy, x, filter, convolution);
  // Few places and many channels: one long product over the whole batch writes the filter once, not once a sample.
  const folded = out * channels >= 32 * places;
  return asShiftedProducts(dy, x, filter, convolution, folded);
}

/** `(batch, channels, places)`, or `(channels, batch * places)` when the batch is folded into the places. */
function flat(x: Value, folded: boolean): Value {
  return reshape(x, folded ? [0, -1] : [0, 0, -1]);
}

/** x as seen by column `j` of the filter: shifted, padded and cropped straight to the output's width. */
function shiftedColumns(x: Value, dy: Value, { window }: Convolution, j: number): Value {
  const last = window.kernel.length + 1;
  const begin = [0, 0, ...window.padBegin];
  const end = [0, 0, ...window.padEnd];
  begin[last] = (begin[last] ?? 0) - j * (window.dilations.at(-1) ?? 1);
  end[last] = sizeAt(dy, last) - sizeAt(x, last) - (begin[last] ?? 0);
  return padIfNeeded(x, begin, end);
}

/** dy as seen by row `i` of the filter: shifted down by `i` rows, in maps as high as x with its padding. */
function shiftedRows(dy: Value, { window }: Convolution, i: number): Value {
  if (window.kernel.length < 2) return dy;
  const step = window.dilations[0] ?? 1;
  const above = i * step;
  const below = ((window.kernel[0] ?? 1) - 1) * step - above;
  return padIfNeeded(dy, [0, 0, above, 0], [0, 0, below, 0]);
}

function padIfNeeded(x: Value, begin: readonly number[], end: readonly number[]): Value {
  return [...begin, ...end].every((amount) => amount === 0) ? x : pad(x, begin, end);
}

/** A matrix product for every row and column of the filter; `rows + columns` copies serve all of them. */
function asShiftedProducts(
  dy: Value,
  x: Value,
  filter: Value,
  convolution: Convolution,
  folded: boolean,
): Value {
  const { kernel } = convolution.window;
  const height = kernel.length === 2 ? (kernel[0] ?? 1) : 1;
  const width = kernel.at(-1) ?? 1;
  const exchange = (value: Value) =>
    folded ? transpose(value, [1, 0, ...kernel.map((_, axis) => axis + 2)]) : value;
  const [sx, sdy] = [exchange(x), exchange(dy)];
  const columns = Array.from({ length: width }, (_, j) =>
    flat(shiftedColumns(sx, dy, convolution, j), folded),
  );
  const rows = Array.from({ length: height }, (_, i) => flat(shiftedRows(sdy, convolution, i), folded));
  const products = rows.flatMap((row) =>
    columns.map((column) => {
      const product = fusedMatMul(row, column, { transB: 1 });
      return unsqueeze(folded ? product : sum(product, [0], false), [2]);
    }),
  );
  const stacked = products.length === 1 ? (products[0] as Value) : concat(products as [Value, ...Value[]], 2);
  return reshape(stacked, staticSizes(filter.knownShape, 'Conv'));
}

/** One matrix product with a copy of x for every place of the filter: cheap where x has few channels. */
function asGatheredProduct(dy: Value, x: Value, filter: Value, convolution: Convolution): Value {
  const { kernel, dilations } = convolution.window;
  const [out, channels] = staticSizes(filter.knownShape, 'Conv') as [number, number];
  const columns = Array.from({ length: kernel.at(-1) ?? 1 }, (_, j) => shiftedColumns(x, dy, convolution, j));
  const rows = kernel.length === 2 ? (kernel[0] ?? 1) : 1;
  const height = sizeAt(dy, 2);
  const copies = Array.from({ length: rows }, (_, i) => {
    const first = i * (dilations[0] ?? 1);
    return columns.map((column) => (rows === 1 ? column : slice(column, [first], [first + height], [2])));
  }).flat();
  const gathered = flat(concat(copies as [Value, ...Value[]], 1), false);
  const product = sum(fusedMatMul(flat(dy, false), gathered, { transB: 1 }), [0], false);
  const byChannel = transpose(reshape(product, [out, copies.length, channels]), [0, 2, 1]);
  return reshape(byChannel, staticSizes(filter.knownShape, 'Conv'));
}
