import { chunksEnd, followingChunk, unpaddedNote } from './chunk-walk.js';
import { lengthOf, type SoundChunk, UNKNOWN } from './chunks.js';
import { type Container, hasText, type Structure, viewOf } from './container.js';
import { swapWords } from './swap-words.js';

/** What AIFF-C calls encodings that are read, in lower case: plain numbers in either order, A-law, mu-law, ADPCM, GSM. */
const encodings: readonly string[] = [
  ...['none', 'twos', 'sowt', 'raw ', 'in24', 'in32', '42n1', '42ni', '23ni', 'fl32', 'fl64'],
  ...['alaw', 'ulaw', 'ima4', 'gsm ', 'g722'],
];

/** Integers whose bytes stand the other way round. */
const littleEndian: readonly string[] = ['sowt', '42n1', '42ni', '23ni'];

/** Samples of a packet, where the header counts packets. */
const packetSamples: Readonly<Record<string, number>> = { ima4: 64 };

/** AIFF and AIFF-C. */
export const aiff: Container = {
  name: 'AIFF',
  endings: ['.aiff', '.aif', '.aifc'],
  recognises: (bytes) => hasText(bytes, 'FORM') && (hasText(bytes, 'AIFF', 8) || hasText(bytes, 'AIFC', 8)),
  lengthIn: 'bytes',
  end: (bytes) => aiffLayout(bytes).sound?.end,
  inspect(bytes) {
    const { common, sound, notes } = aiffLayout(bytes);
    if (sound === undefined) {
      return { problem: { reason: 'unreadable', detail: 'its AIFF header breaks off before the sound' } };
    }
    if (common !== undefined && !encodings.includes(common.encoding.toLowerCase())) {
      const detail = `its encoding "${common.encoding}" is not read; convert it`;
      return { problem: { reason: 'unreadable', detail } };
    }
    const structure = lengthOf(bytes, sound);
    if (structure.problem !== undefined || common === undefined) return structure;
    const { encoding, frames } = common;
    const plain = asPlain(structure.parts?.[0] ?? bytes, common, sound);
    return {
      ...structure,
      ...(plain && { parts: [plain] }),
      enough: frames * (packetSamples[encoding] ?? 1),
      notes: [...notes, ...(structure.notes ?? [])],
    } satisfies Structure;
  },
};

/** What the chunk `COMM` says. */
interface Common {
  /** Where the name of the encoding stands; undefined in AIFF, which has none. */
  readonly named: number | undefined;
  readonly encoding: string;
  readonly bits: number;
  /** Samples a channel, or packets. */
  readonly frames: number;
}

interface AiffLayout {
  readonly common?: Common | undefined;
  readonly sound?: SoundChunk | undefined;
  readonly notes: readonly string[];
}

function aiffLayout(bytes: Uint8Array): AiffLayout {
  const view = viewOf(bytes);
  const notes: string[] = [];
  let common: Common | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const size = view.getUint32(offset + 4);
    if (hasText(bytes, 'COMM', offset) && offset + 26 <= bytes.length) common = commonAt(bytes, offset);
    if (hasText(bytes, 'SSND', offset)) return { common, sound: soundAt(bytes, offset, size), notes };
    const end = offset + 8 + size;
    offset = followingChunk(bytes, end, size, ['COMM', 'SSND']);
    if (size % 2 === 1 && offset === end && !notes.includes(unpaddedNote)) notes.push(unpaddedNote);
  }
  return { common, notes };
}

function commonAt(bytes: Uint8Array, offset: number): Common {
  const view = viewOf(bytes);
  const named = hasText(bytes, 'AIFC', 8) && offset + 30 <= bytes.length ? offset + 26 : undefined;
  const encoding =
    named === undefined ? 'NONE' : Buffer.from(bytes.subarray(named, named + 4)).toString('latin1');
  return { named, encoding, bits: view.getUint16(offset + 14), frames: view.getUint32(offset + 10) };
}

function soundAt(bytes: Uint8Array, offset: number, size: number): SoundChunk {
  return {
    start: offset + 16,
    // Eight bytes of it are an offset and a block size. Who streams writes 0 for the whole.
    size: size === 0 ? UNKNOWN : size - 8,
    end: size === 0 ? undefined : chunksEnd(bytes, offset + 8 + size, ['FORM'], false),
    write: (copy, length) => {
      viewOf(copy).setUint32(4, copy.length - 8);
      viewOf(copy).setUint32(offset + 4, length + 8);
    },
  };
}

/**
 * The file with its integers as AIFF has them, where FFmpeg would take them for others: it knows `sowt` and `twos` of 16 bits
 * only, and no `42n1` and `23ni`. Undefined where it reads the file as it is.
 */
function asPlain(
  bytes: Uint8Array,
  { named, encoding, bits }: Common,
  { start }: SoundChunk,
): Uint8Array | undefined {
  const isOther = littleEndian.includes(encoding) || encoding === 'twos';
  const isKnown = (encoding === 'sowt' || encoding === 'twos') && bits > 8 && bits <= 16;
  if (named === undefined || !isOther || isKnown) return undefined;
  const width = littleEndian.includes(encoding) ? Math.ceil(bits / 8) : 1;
  const plain = swapWords(bytes, start, bytes.length, width);
  plain.set(Buffer.from('NONE'), named);
  return plain;
}
