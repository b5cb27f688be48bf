/**
 * A copy of bytes in which words are written the other way round: little-endian samples in big-endian order, or back.
 *
 * @param from where the words begin
 * @param end where they end; what is left of a word stays as it is
 * @param width bytes of a word
 */
export function swapWords(bytes: Uint8Array, from: number, end: number, width: number): Uint8Array {
  // A Buffer’s own slice would be no copy.
  const copy = new Uint8Array(bytes);
  for (let offset = from; offset + width <= Math.min(end, bytes.length); offset += width) {
    copy.subarray(offset, offset + width).reverse();
  }
  return copy;
}
