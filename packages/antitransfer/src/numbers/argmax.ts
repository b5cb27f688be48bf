/** The index of the largest number; of the first of equals; 0 where there are none. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  let largest = values[0] ?? Number.NEGATIVE_INFINITY;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? Number.NEGATIVE_INFINITY;
    if (value > largest) {
      best = i;
      largest = value;
    }
  }
  return best;
}
