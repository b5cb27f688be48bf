import { hasText, viewOf } from './container.js';

interface Chunk {
  readonly name: string;
  readonly start: number;
  /** Without what pads it. */
  readonly end: number;
}

/** Bytes of which {@link chunkAt} tells a chunk: one that pads, a name, a size. */
export const CHUNK_HEAD = 9;

/** The chunk that begins at an offset, or a byte behind it; undefined where none does. */
export function chunkAt(bytes: Uint8Array, offset: number, littleEndian: boolean): Chunk | undefined {
  const start = offset + (bytes[offset] === 0 ? 1 : 0);
  if (!isNameAt(bytes, start)) return undefined;
  const name = Buffer.from(bytes.subarray(start, start + 4)).toString('latin1');
  return { name, start, end: start + 8 + viewOf(bytes).getUint32(start + 4, littleEndian) };
}

/**
 * Where, from an offset on, a chunk has one of these names: chunks are a name, a size, and as much, padded to an even size (by
 * most programs). Undefined when there is none before other bytes, or the end.
 */
export function chunkFrom(
  bytes: Uint8Array,
  from: number,
  names: readonly string[],
  littleEndian: boolean,
): number | undefined {
  for (
    let chunk = chunkAt(bytes, from, littleEndian);
    chunk;
    chunk = chunkAt(bytes, chunk.end, littleEndian)
  ) {
    if (names.includes(chunk.name)) return chunk.start;
  }
  return undefined;
}

/** Where whole chunks end that follow each other from an offset on: at other bytes, or at a chunk of one of these names. */
export function chunksEnd(
  bytes: Uint8Array,
  from: number,
  names: readonly string[],
  littleEndian: boolean,
): number {
  for (let end = from; ; ) {
    const chunk = chunkAt(bytes, end, littleEndian);
    if (chunk === undefined || chunk.end > bytes.length)
      return end % 2 === 1 && bytes[end] === 0 ? end + 1 : end;
    if (names.includes(chunk.name)) return chunk.start;
    end = chunk.end;
  }
}

/**
 * Where the chunk begins that follows one which ends at an offset. Chunks of an odd size are padded to an even one; some
 * programs leave that out.
 *
 * @param size of the chunk before
 * @param names of chunks that are looked for
 */
export function followingChunk(bytes: Uint8Array, end: number, size: number, names: readonly string[]) {
  const padded = end + (size % 2);
  if (padded === end || bytes[end] === 0 || names.some((name) => hasText(bytes, name, padded))) return padded;
  const isBare = names.some((name) => hasText(bytes, name, end)) || !isNameAt(bytes, padded);
  return isBare && isNameAt(bytes, end) ? end : padded;
}

/** Whether four printable characters and a size stand there. */
function isNameAt(bytes: Uint8Array, offset: number): boolean {
  if (offset + 8 > bytes.length) return false;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[offset + i] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** That chunks lack what pads them. */
export const unpaddedNote = 'a chunk of an odd size in it lacks the byte that pads it';
