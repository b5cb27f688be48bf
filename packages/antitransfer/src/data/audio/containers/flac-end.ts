import { viewOf } from './container.js';

/** What the description of a stream (STREAMINFO, RFC 9639, section 8.2) says, and what the header of its last frame must. */
export interface FlacStream {
  /** Samples a channel of the whole. */
  readonly samples: number;
  /** Samples of every frame but the last, where frames are numbered instead of their samples. */
  readonly blockSize: number;
}

/**
 * Where the last frame of a FLAC stream ends. Nothing says how long a frame is; but its header says which it is, and all of it
 * with its checksum has the checksum 0.
 *
 * @returns undefined where the last frame is not there, or could end in several places
 */
export function lastFrameEnd(bytes: Uint8Array, stream: FlacStream): number | undefined {
  for (let start = bytes.length - 6; start > 0; start--) {
    if (bytes[start] !== 0xff || ((bytes[start + 1] ?? 0) & 0xfe) !== 0xf8) continue;
    const length = lastHeaderLength(bytes, start, stream);
    if (length === undefined) continue;
    const ends = checkedEnds(bytes, start, start + length);
    return ends.length === 1 ? ends[0] : undefined;
  }
  return undefined;
}

/** Bytes of the frame header at an offset, when it is that of the last frame (RFC 9639, section 9.1). */
function lastHeaderLength(bytes: Uint8Array, start: number, stream: FlacStream): number | undefined {
  const isNumberOfSample = ((bytes[start + 1] ?? 0) & 1) === 1;
  const sizeCode = (bytes[start + 2] ?? 0) >> 4;
  const rateCode = (bytes[start + 2] ?? 0) & 15;
  const number = codedNumber(bytes, start + 4);
  if (number === undefined || sizeCode === 0 || rateCode === 15) return undefined;
  const sizeAt = start + 4 + number.length;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  const length = sizeAt - start + sizeBytes + rateBytes + 1;
  if (start + length > bytes.length || checksum8(bytes.subarray(start, start + length)) !== 0)
    return undefined;
  const size = sizeBytes > 0 ? 1 + bigEndian(bytes, sizeAt, sizeBytes) : blockSizes(sizeCode);
  const first = isNumberOfSample ? number.value : number.value * stream.blockSize;
  return first + size === stream.samples ? length : undefined;
}

function blockSizes(code: number): number {
  if (code === 1) return 192;
  return code <= 5 ? 144 * 2 ** code : 2 ** code;
}

/** A number as UTF-8 would write it, of up to 36 bits. */
function codedNumber(bytes: Uint8Array, offset: number): { value: number; length: number } | undefined {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return { value: first, length: 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7 || offset + length > bytes.length) return undefined;
  let value = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) value = value * 64 + ((bytes[offset + i] ?? 0) & 0x3f);
  return { value, length };
}

function bigEndian(bytes: Uint8Array, offset: number, width: number): number {
  return width === 1 ? (bytes[offset] ?? 0) : viewOf(bytes).getUint16(offset);
}

/** CRC-8, polynomial x^8 + x^2 + x + 1. */
function checksum8(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return sum;
}

/** Where, behind its header, the bytes of a frame have a checksum of 0 (CRC-16, polynomial x^16 + x^15 + x^2 + 1). */
function checkedEnds(bytes: Uint8Array, start: number, from: number): number[] {
  const ends: number[] = [];
  let sum = 0;
  for (let offset = start; offset < bytes.length; offset++) {
    sum = ((sum << 8) & 0xffff) ^ (checksums16[(sum >> 8) ^ (bytes[offset] ?? 0)] ?? 0);
    if (sum === 0 && offset >= from) ends.push(offset + 1);
  }
  return ends;
}

const checksums16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return sum;
});
