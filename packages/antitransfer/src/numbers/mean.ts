/** Sum of numbers, added in their order, in double precision; 0 of none. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; NaN of no numbers. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/**
 * The mean of rows, element by element: `(rows, elements)` to `(elements)`, summed in single precision in the order of the
 * rows; a single row is returned as it is, no rows are no elements.
 */
export function meanOfRows(rows: readonly Float32Array[]): Float32Array {
  const [first, ...others] = rows;
  if (first === undefined) return new Float32Array(0);
  if (others.length === 0) return first;
  const result = first.slice();
  for (const row of others) {
    for (let i = 0; i < result.length; i++) result[i]! += row[i]!;
  }
  for (let i = 0; i < result.length; i++) result[i]! /= rows.length;
  return result;
}
