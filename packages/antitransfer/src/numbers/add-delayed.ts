/** Adds other numbers to some, in place: `factor` times those that stand `delay` before. */
export function addDelayed(numbers: Float32Array, others: Float32Array, delay: number, factor: number): void {
  for (let i = delay; i < numbers.length; i++) numbers[i]! += factor * others[i - delay]!;
}
