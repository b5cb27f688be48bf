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
