/** `share` of the numbers and the rest of others, in place. */
export function blend(numbers: Float32Array, others: Float32Array, share: number): void {
  for (let i = 0; i < numbers.length; i++) numbers[i] = share * numbers[i]! + (1 - share) * others[i]!;
}
