import { hasText, viewOf } from './container.js';

/**
 * What taggers and players put around a recording, taken off: ID3v2 and zeros before it, ID3v1, Lyrics3 and APE tags
 * behind it.
 */
export function withoutTags(bytes: Uint8Array): { bytes: Uint8Array; notes: string[] } {
  const notes: string[] = [];
  let start = 0;
  for (;;) {
    const tag = id3v2Length(bytes, start);
    const zeros = tag === 0 ? zerosFrom(bytes, start) : 0;
    if (tag + zeros === 0 || start + tag + zeros >= bytes.length) break;
    if (zeros > 0) notes.push(`${zeros} zero bytes stand before it`);
    start += tag + zeros;
  }
  let end = bytes.length;
  for (let length = endTagLength(bytes, start, end); length > 0; length = endTagLength(bytes, start, end)) {
    end -= length;
  }
  return { bytes: bytes.subarray(start, end), notes };
}

/** Bytes of the ID3v2 tag at an offset, its footer included; 0 when there is none. */
function id3v2Length(bytes: Uint8Array, offset: number): number {
  if (!hasText(bytes, 'ID3', offset) || offset + 10 > bytes.length) return 0;
  // Seven bits a byte.
  const size = bytes.subarray(offset + 6, offset + 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const footer = ((bytes[offset + 5] ?? 0) & 0x10) === 0 ? 0 : 10;
  return 10 + size + footer;
}

/** Bytes of the tags at an offset, as stand between two recordings that were copied one behind the other; 0 without. */
export function tagsAt(bytes: Uint8Array, offset: number): number {
  let end = offset;
  for (;;) {
    const length = hasText(bytes, 'TAG', end) ? 128 : id3v2Length(bytes, end);
    if (length === 0) return end - offset;
    end += length;
  }
}

/** MP4 begins with up to three zeros; a longer run begins nothing. */
function zerosFrom(bytes: Uint8Array, offset: number): number {
  let end = offset;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end - offset > 3 ? end - offset : 0;
}

/** Bytes of the tag that ends at `end`; 0 when there is none. */
function endTagLength(bytes: Uint8Array, start: number, end: number): number {
  const fits = (length: number) => (length > 0 && end - length > start ? length : 0);
  if (hasText(bytes, 'TAG', end - 128) && end - 128 > start) return 128;
  if (hasText(bytes, 'APETAGEX', end - 32)) {
    const view = viewOf(bytes);
    const header = view.getUint32(end - 12, true) & 0x80000000 ? 32 : 0;
    return fits(view.getUint32(end - 20, true) + header);
  }
  if (hasText(bytes, 'LYRICS200', end - 9)) {
    const size = Number(Buffer.from(bytes.subarray(end - 15, end - 9)).toString('latin1'));
    return Number.isInteger(size) ? fits(size + 15) : 0;
  }
  return 0;
}
