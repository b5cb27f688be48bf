import {
  type Container,
  hasText,
  isUnknownSize,
  type Structure,
  unknownSizeNote,
  viewOf,
} from './container.js';

/** Where the sound of a file is. */
interface SoundChunk {
  readonly start: number;
  /** Bytes that it is said to take. */
  readonly size: number;
  /** Where that is written, so that a size that is not known can be set right before FFmpeg reads it. */
  readonly write: (bytes: Uint8Array, size: number) => void;
  /** Whether nothing of the format may stand behind it. */
  readonly endsFile?: boolean;
}

type FindSound = (bytes: Uint8Array) => SoundChunk | undefined;

/** Sony's Wave64: RIFF with 64-bit sizes. */
export const w64 = chunked({
  name: 'W64',
  endings: ['.w64'],
  magic: 'riff\x2e\x91\xcf\x11',
  find(bytes) {
    const view = viewOf(bytes);
    for (let offset = 40; offset + 24 <= bytes.length; ) {
      const size = Number(view.getBigUint64(offset + 16, true));
      if (hasText(bytes, 'data', offset)) {
        return {
          start: offset + 24,
          size: size - 24,
          write: (copy, length) => {
            viewOf(copy).setBigUint64(16, BigInt(copy.length), true);
            viewOf(copy).setBigUint64(offset + 16, BigInt(length + 24), true);
          },
        };
      }
      if (size < 24) return undefined;
      offset += 8 * Math.ceil(size / 8);
    }
    return undefined;
  },
});

/** AIFF and AIFF-C. */
export const aiff = chunked({
  name: 'AIFF',
  endings: ['.aiff', '.aif', '.aifc'],
  magic: 'FORM',
  forms: ['AIFF', 'AIFC'],
  find(bytes) {
    const view = viewOf(bytes);
    for (let offset = 12; offset + 8 <= bytes.length; ) {
      const size = view.getUint32(offset + 4);
      if (hasText(bytes, 'SSND', offset)) {
        return {
          start: offset + 16,
          // Eight bytes of it are an offset and a block size. Who streams writes 0 for the whole.
          size: size === 0 ? UNKNOWN : size - 8,
          write: (copy, length) => {
            viewOf(copy).setUint32(4, copy.length - 8);
            viewOf(copy).setUint32(offset + 4, length + 8);
          },
        };
      }
      offset += 8 + size + (size % 2);
    }
    return undefined;
  },
});

/** Sun and NeXT. */
export const au = chunked({
  name: 'AU',
  endings: ['.au', '.snd'],
  magic: '.snd',
  find(bytes) {
    if (bytes.length < 24) return undefined;
    const view = viewOf(bytes);
    return {
      start: view.getUint32(4),
      size: view.getUint32(8),
      endsFile: true,
      write: (copy, length) => viewOf(copy).setUint32(8, length),
    };
  },
});

/** Apple's Core Audio Format. */
export const caf = chunked({
  name: 'CAF',
  endings: ['.caf'],
  magic: 'caff',
  find(bytes) {
    const view = viewOf(bytes);
    for (let offset = 8; offset + 12 <= bytes.length; ) {
      const size = Number(view.getBigInt64(offset + 4));
      if (hasText(bytes, 'data', offset)) {
        return {
          start: offset + 16,
          // Four bytes of it are a count of edits. -1 is the format's own word for "to the end".
          size: size === -1 ? UNKNOWN : size - 4,
          write: (copy, length) => viewOf(copy).setBigInt64(offset + 4, BigInt(length + 4)),
        };
      }
      if (size < 0) return undefined;
      offset += 12 + size;
    }
    return undefined;
  },
});

const UNKNOWN = Number.POSITIVE_INFINITY;

interface Chunked {
  readonly name: string;
  readonly endings: readonly string[];
  readonly magic: string;
  /** What stands at byte 8; anything when absent. */
  readonly forms?: readonly string[];
  readonly find: FindSound;
}

function chunked({ name, endings, magic, forms = [''], find }: Chunked): Container {
  return {
    name,
    endings,
    recognises: (bytes) => hasText(bytes, magic) && forms.some((form) => hasText(bytes, form, 8)),
    lengthIn: 'bytes',
    inspect(bytes) {
      const sound = find(bytes);
      if (sound === undefined) {
        return {
          problem: { reason: 'unreadable', detail: `its ${name} header breaks off before the sound` },
        };
      }
      return lengthOf(bytes, sound);
    },
  };
}

function lengthOf(bytes: Uint8Array, { start, size, write, endsFile }: SoundChunk): Structure {
  const available = bytes.length - start;
  // FFmpeg reads what stands behind the sound of some kinds of file as sound, too.
  if (size <= available) return endsFile ? { parts: [bytes.subarray(0, start + size)] } : {};
  if (!isUnknownSize(size)) {
    const detail = `its header promises ${size} bytes of sound, it holds ${available}`;
    return { problem: { reason: 'truncated', detail } };
  }
  const copy = bytes.slice();
  write(copy, available);
  return { parts: [copy], notes: [unknownSizeNote] };
}

/** NIST SPHERE, of TIMIT and other speech corpora: a header in words, then PCM, mu-law, or shorten. */
export const sphere: Container = {
  name: 'SPHERE',
  endings: ['.sph', '.nist'],
  recognises: (bytes) => hasText(bytes, 'NIST_1A'),
  lengthIn: 'bytes',
  inspect(bytes) {
    const length = Number(Buffer.from(bytes.subarray(8, 16)).toString('latin1'));
    const header = Buffer.from(bytes.subarray(0, length || 1024)).toString('latin1');
    const field = (name: string) => new RegExp(`^${name} -\\S+ (.*)$`, 'm').exec(header)?.[1]?.trim();
    const promised = Number(field('sample_count')) || undefined;
    const coding = field('sample_coding') ?? 'pcm';
    if (promised === undefined || coding.includes('shorten')) return { promised };
    const frame = Number(field('sample_n_bytes') ?? 2) * Number(field('channel_count') ?? 1);
    const held = Math.floor((bytes.length - length) / frame);
    // FFmpeg reads what stands behind the sound as sound, too.
    if (held >= promised) return { promised, parts: [bytes.subarray(0, length + frame * promised)] };
    const detail = `its header promises ${promised} samples, it holds ${held}`;
    return { problem: { reason: 'truncated', detail } };
  },
};
