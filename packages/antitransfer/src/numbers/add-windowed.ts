/**
 * Adds as many others as a window is long, each times the window, in place; what would lie outside is lost.
 *
 * @param at where the first of them is added, which may be before all
 * @param from the first of the others
 */
export function addWindowed(
  numbers: Float32Array,
  at: number,
  others: Float32Array,
  from: number,
  window: Float32Array,
): void {
  const end = Math.min(window.length, numbers.length - at);
  for (let i = Math.max(0, -at); i < end; i++) numbers[at + i]! += window[i]! * others[from + i]!;
}
