import { lengthOf, type SoundChunk, UNKNOWN } from './chunks.js';
import { type Container, hasText, viewOf } from './container.js';

/** Apple's Core Audio Format. */
export const caf: Container = {
  name: 'CAF',
  endings: ['.caf'],
  recognises: (bytes) => hasText(bytes, 'caff'),
  lengthIn: 'bytes',
  end: (bytes) => cafLayout(bytes).sound?.end,
  inspect(bytes) {
    const { sound, packets, isLossless } = cafLayout(bytes);
    if (sound === undefined) {
      return { problem: { reason: 'unreadable', detail: 'its CAF header breaks off before the sound' } };
    }
    const structure = lengthOf(bytes, sound);
    if (packets === undefined || !isLossless) return structure;
    // FFmpeg takes the samples that fill the last packet off one that some programs did not fill, too.
    const copy = new Uint8Array(structure.parts?.[0] ?? bytes);
    viewOf(copy).setUint32(packets + 20, 0);
    const samples = Number(viewOf(bytes).getBigInt64(packets + 8));
    return { ...structure, parts: [copy], ends: [samples] };
  },
};

interface CafLayout {
  readonly sound?: SoundChunk | undefined;
  /** Where the contents of the chunk begin that describes packets: how many, of how many samples, how many of those fill the last. */
  readonly packets?: number | undefined;
  /** Whether its packets say themselves how many samples they hold: ALAC. */
  readonly isLossless: boolean;
}

function cafLayout(bytes: Uint8Array): CafLayout {
  const view = viewOf(bytes);
  let packets: number | undefined;
  let sound: SoundChunk | undefined;
  let isLossless = false;
  for (let offset = 8; offset + 12 <= bytes.length && !hasText(bytes, 'caff', offset); ) {
    const size = Number(view.getBigInt64(offset + 4));
    if (hasText(bytes, 'desc', offset)) isLossless = hasText(bytes, 'alac', offset + 20);
    if (hasText(bytes, 'pakt', offset) && offset + 36 <= bytes.length) packets = offset + 12;
    if (hasText(bytes, 'data', offset)) sound = soundAt(bytes, offset, size);
    if (size < 0) break;
    offset += 12 + size;
  }
  return { sound, packets, isLossless };
}

function soundAt(bytes: Uint8Array, offset: number, size: number): SoundChunk {
  return {
    start: offset + 16,
    // Four bytes of it are a count of edits. -1 is the format's own word for "to the end".
    size: size === -1 ? UNKNOWN : size - 4,
    end: size === -1 ? undefined : endOfCaf(bytes, offset + 12 + size),
    write: (copy, length) => viewOf(copy).setBigInt64(offset + 4, BigInt(length + 4)),
  };
}

/** Chunks, with sizes of 64 bits, may stand behind the sound. */
function endOfCaf(bytes: Uint8Array, from: number): number {
  const view = viewOf(bytes);
  for (let offset = from; ; ) {
    if (offset + 12 > bytes.length || hasText(bytes, 'caff', offset)) return offset;
    const size = Number(view.getBigInt64(offset + 4));
    if (size < 0 || offset + 12 + size > bytes.length) return offset;
    offset += 12 + size;
  }
}
