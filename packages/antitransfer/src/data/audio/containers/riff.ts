import { chunkAt, chunkFrom, chunksEnd, followingChunk, unpaddedNote } from './chunk-walk.js';
import { type Container, hasText, isUnknownSize, unknownSizeNote, viewOf } from './container.js';

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
  /** What the header gets wrong about samples that are whole. */
  readonly notes: readonly string[];
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
    return promised === undefined ? undefined : chunksEnd(bytes, data + held, magics, littleEndian);
  },
  inspect(bytes) {
    const layout = layoutOf(bytes);
    const { promised, held, data, littleEndian, notes } = layout;
    const encoding = unreadEncoding(bytes, layout);
    if (encoding !== undefined) return { problem: { reason: 'unreadable', detail: encoding } };
    if (promised === undefined) {
      // FFmpeg takes the end of a file that promises more for damage.
      // A Buffer’s own slice would be no copy.
      const copy = new Uint8Array(bytes);
      viewOf(copy).setUint32(data - 4, held, littleEndian);
      return { parts: [copy], notes: [...notes, unknownSizeNote] };
    }
    const more = chunkFrom(bytes, data + held, soundChunks, littleEndian);
    if (held >= promised && more !== undefined && hasText(bytes, 'data', more)) {
      const detail = `its samples go on at byte ${more}, in a second chunk "data", where one is allowed; write it anew with one`;
      return { problem: { reason: 'unreadable', detail } };
    }
    const lost = countedBehind(bytes, layout);
    if (held >= promised && lost > 0) {
      const detail = `${lost} bytes behind its samples are in no chunk, though its header counts them: it may be sound; write it anew`;
      return { problem: { reason: 'unreadable', detail } };
    }
    if (held >= promised) return { enough: factOf(bytes), notes };
    const detail = `its header promises ${promised} bytes of sound, it holds ${held}`;
    return { problem: { reason: 'truncated', detail } };
  },
};

/** Fewer bytes behind the samples than these are no sound that is missed. */
const FEW_BYTES = 1024;

/**
 * Bytes behind the samples and the chunks that follow them, when they are many, and the size of the whole counts them: one of
 * the two sizes is wrong.
 */
function countedBehind(bytes: Uint8Array, { data, held, littleEndian }: RiffLayout): number {
  const riffSize = viewOf(bytes).getUint32(4, littleEndian);
  const end = chunksEnd(bytes, data + held, magics, littleEndian);
  const rest = bytes.subarray(end);
  const isCounted = 8 + riffSize > end + FEW_BYTES && !isUnknownSize(riffSize);
  // A chunk that breaks off holds no sound.
  const isChunk = chunkAt(bytes, end, littleEndian) !== undefined;
  return isCounted && !isChunk && rest.length > FEW_BYTES && rest.some((byte) => byte !== 0)
    ? rest.length
    : 0;
}

/** Encodings by their number in the header of a WAV file that FFmpeg takes for others. */
const mistaken: Readonly<Record<number, string>> = { 56: 'NMS ADPCM' };

/** Which encodings are numbers, in either order of bytes: integers, floating point, what an extension says. */
const plain: readonly number[] = [1, 3, 0xfffe];

/** Says why the samples cannot be decoded; undefined where nothing speaks against it. */
function unreadEncoding(bytes: Uint8Array, { format, littleEndian }: RiffLayout): string | undefined {
  const encoding = viewOf(bytes).getUint16(format, littleEndian);
  const number = `0x${encoding.toString(16).padStart(4, '0')}`;
  const name = mistaken[encoding];
  if (name !== undefined) return `its encoding ${number} (${name}) is not read; convert it`;
  if (littleEndian || plain.includes(encoding)) return undefined;
  return `its encoding ${number} is not read in a big-endian file (RIFX); convert it`;
}

/** Samples a channel by the chunk `fact`, which files have whose encoding is no plain PCM; undefined without one. */
function factOf(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  const littleEndian = !hasText(bytes, 'RIFX');
  for (let offset = 12; offset + 12 <= bytes.length; ) {
    if (hasText(bytes, 'fact', offset)) return view.getUint32(offset + 8, littleEndian) || undefined;
    const size = view.getUint32(offset + 4, littleEndian);
    offset = followingChunk(bytes, offset + 8 + size, size, soughtChunks);
  }
  return undefined;
}

/** Chunks whose contents are read. */
const soughtChunks = ['fmt ', 'data', 'fact', 'ds64'];

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
  const notes: string[] = [];
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
      const isWhole = countsHeader({ size, available, riffSize, contents, fileSize });
      if (isWhole)
        notes.push(`its header promises ${size} bytes of sound, it holds ${available}: it counts itself`);
      const isUnknown = isStreamed(size, riffSize, contents) || (size === 0 && isSound(bytes, contents));
      const promised = isWhole ? available : !isThere && isUnknown ? undefined : size;
      return {
        littleEndian,
        format: format.offset,
        formatBytes: format.size,
        data: contents,
        promised,
        held: Math.min(available, promised ?? available),
        notes,
      };
    }
    offset = followingChunk(bytes, contents + chunkSize, chunkSize, soughtChunks);
    if (chunkSize % 2 === 1 && offset === contents + chunkSize && !notes.includes(unpaddedNote)) {
      notes.push(unpaddedNote);
    }
  }
  throw new Error('its header breaks off before the samples');
}

interface Sizes {
  readonly size: number;
  readonly available: number;
  readonly riffSize: number;
  readonly contents: number;
  readonly fileSize: number;
}

/**
 * Whether the samples' size is more than there are because it counts the header, too, as some recorders write it: the file is
 * as long as the size of the whole says.
 */
function countsHeader({ size, available, riffSize, contents, fileSize }: Sizes): boolean {
  return size > available && size <= available + contents && 8 + riffSize === fileSize;
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
