import { type Container, hasText, isUnknownSize, unknownSizeNote, viewOf } from './container.js';
import { chunkFrom } from './second-recording.js';

/** Where a WAV file has what, and how long it says that it is. */
export interface RiffLayout {
  readonly littleEndian: boolean;
  /** Offset of the contents of the chunk `fmt `. */
  readonly format: number;
  readonly formatBytes: number;
  /** Offset of the samples. */
  readonly data: number;
  /** Bytes of samples that the header promises; undefined when it does not say, because it was streamed. */
  readonly promised: number | undefined;
  /** Bytes of samples that are there. */
  readonly held: number;
}

const magics = ['RIFF', 'RIFX', 'RF64', 'BW64'] as const;

/** What begins more sound behind the samples of a file: more of them, or another recording. */
export const soundChunks: readonly string[] = ['data', ...magics];

/** WAV: RIFF, RIFX (big-endian), RF64 and BW64 (64-bit sizes). */
export const riff: Container = {
  name: 'WAV',
  endings: ['.wav', '.wave', '.rf64', '.bwf'],
  recognises: (bytes) => magics.some((name) => hasText(bytes, name)) && hasText(bytes, 'WAVE', 8),
  lengthIn: 'bytes',
  end(bytes) {
    const { promised, held, data, littleEndian } = layoutOf(bytes);
    return promised === undefined ? undefined : chunkFrom(bytes, data + held, magics, littleEndian);
  },
  inspect(bytes) {
    const { promised, held, data, littleEndian } = layoutOf(bytes);
    if (promised === undefined) {
      // FFmpeg takes the end of a file that promises more for damage.
      // A Buffer’s own slice would be no copy.
      const copy = new Uint8Array(bytes);
      viewOf(copy).setUint32(data - 4, held, littleEndian);
      return { parts: [copy], notes: [unknownSizeNote] };
    }
    const more = chunkFrom(bytes, data + held, soundChunks, littleEndian);
    if (held >= promised && more !== undefined && hasText(bytes, 'data', more)) {
      const detail = `its samples go on at byte ${more}, in a second chunk "data", where one is allowed; write it anew with one`;
      return { problem: { reason: 'unreadable', detail } };
    }
    if (held >= promised) return { enough: factOf(bytes) };
    const detail = `its header promises ${promised} bytes of sound, it holds ${held}`;
    return { problem: { reason: 'truncated', detail } };
  },
};

/** Samples a channel by the chunk `fact`, which files have whose encoding is no plain PCM; undefined without one. */
function factOf(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  const littleEndian = !hasText(bytes, 'RIFX');
  for (let offset = 12; offset + 12 <= bytes.length; ) {
    if (hasText(bytes, 'fact', offset)) return view.getUint32(offset + 8, littleEndian) || undefined;
    const size = view.getUint32(offset + 4, littleEndian);
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/**
 * Finds format and samples.
 *
 * @param bytes the file, or as much of its beginning as reaches its samples
 * @param fileSize bytes of the whole file
 * @throws Error when there are none; the message says what was found
 */
export function layoutOf(bytes: Uint8Array, fileSize = bytes.length): RiffLayout {
  const view = viewOf(bytes);
  const littleEndian = !hasText(bytes, 'RIFX');
  let format: Stretch | undefined;
  let longSize: number | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const chunkSize = view.getUint32(offset + 4, littleEndian);
    const contents = offset + 8;
    if (hasText(bytes, 'ds64', offset) && contents + 16 <= bytes.length) {
      longSize = Number(view.getBigUint64(contents + 8, littleEndian));
    }
    if (hasText(bytes, 'fmt ', offset) && chunkSize >= 16 && contents + 16 <= bytes.length) {
      const found = { offset: contents, size: Math.min(chunkSize, bytes.length - contents) };
      if (format && !isSame(bytes, format, found)) {
        throw new Error(
          'it describes its format twice, each time in another way; write it anew with one "fmt "',
        );
      }
      format = found;
    }
    if (hasText(bytes, 'data', offset)) {
      if (format === undefined) throw new Error('its samples come before a description of their format');
      const available = fileSize - contents;
      const swapped = view.getUint32(offset + 4, !littleEndian);
      const riffSize = view.getUint32(4, littleEndian);
      const stated = chunkSize === ALL_ONES && longSize !== undefined ? longSize : chunkSize;
      // Some programs write a big-endian file and this size the other way round.
      const size = stated > available && swapped === available ? swapped : stated;
      const isThere = size > 0 && size <= available;
      const isUnknown = isStreamed(size, riffSize, contents) || (size === 0 && isSound(bytes, contents));
      const promised = !isThere && isUnknown ? undefined : size;
      return {
        littleEndian,
        format: format.offset,
        formatBytes: format.size,
        data: contents,
        promised,
        held: Math.min(available, promised ?? available),
      };
    }
    // Chunks are padded to an even size.
    offset = contents + chunkSize + (chunkSize % 2);
  }
  throw new Error('its header breaks off before the samples');
}

interface Stretch {
  readonly offset: number;
  readonly size: number;
}

function isSame(bytes: Uint8Array, one: Stretch, other: Stretch): boolean {
  const of = ({ offset, size }: Stretch) => Buffer.from(bytes.subarray(offset, offset + size));
  return of(one).equals(of(other));
}

const ALL_ONES = 0xffffffff;

/** Whether what stands behind a size of 0 is no other chunk, whose name would be four letters: a size never filled in. */
function isSound(bytes: Uint8Array, offset: number): boolean {
  const name = Buffer.from(bytes.subarray(offset, offset + 4)).toString('latin1');
  return bytes.length >= offset + 8 && !/^[\x20-\x7e]{4}$/.test(name);
}

/** A recorder that was never stopped leaves no size, and a whole that ends before its samples, or has none either. */
function isStreamed(size: number, riffSize: number, contents: number): boolean {
  return isUnknownSize(size) || (size === 0 && (8 + riffSize <= contents || isUnknownSize(riffSize)));
}
