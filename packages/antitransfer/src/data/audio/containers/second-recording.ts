import { type Container, type StructureProblem, viewOf } from './container.js';
import { withoutTags } from './tags.js';

/**
 * Another recording of the same kind behind the first, as copying files one behind the other leaves it. Decoders of formats
 * whose recordings say where they end would leave it out without a word.
 */
export function secondRecording(bytes: Uint8Array, container: Container): StructureProblem | undefined {
  const end = container.end?.(bytes);
  if (end === undefined || end <= 0 || end >= bytes.length) return undefined;
  const rest = withoutTags(bytes.subarray(end)).bytes;
  if (!container.recognises(rest)) return undefined;
  const at = rest.byteOffset - bytes.byteOffset;
  const detail = `a second recording begins at byte ${at}, behind the first; write each to a file of its own`;
  return { reason: 'unreadable', detail };
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
  if (start + 8 > bytes.length) return undefined;
  const name = Buffer.from(bytes.subarray(start, start + 4)).toString('latin1');
  if (!/^[\x20-\x7e]{4}$/.test(name)) return undefined;
  return { name, start, end: start + 8 + viewOf(bytes).getUint32(start + 4, littleEndian) };
}
