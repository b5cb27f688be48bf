import {
  type Container,
  hasText,
  isUnknownSize,
  type Structure,
  unknownSizeNote,
  viewOf,
} from './container.js';
import { chunkFrom } from './second-recording.js';

/** Where the sound of a file is. */
interface SoundChunk {
  readonly start: number;
  /** Bytes that it is said to take. */
  readonly size: number;
  /** Where that is written, so that a size that is not known can be set right before FFmpeg reads it. */
  readonly write: (bytes: Uint8Array, size: number) => void;
  /** Whether nothing of the format may stand behind it. */
  readonly endsFile?: boolean;
  /** Where the whole ends, and another may begin; where the sound ends when absent. */
  readonly end?: number | undefined;
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
          end: Number(view.getBigUint64(16, true)),
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
          end: chunkFrom(bytes, offset + 8 + size, ['FORM'], false),
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
          end: endOfCaf(bytes, offset + 12 + size),
          write: (copy, length) => viewOf(copy).setBigInt64(offset + 4, BigInt(length + 4)),
        };
      }
      if (size < 0) return undefined;
      offset += 12 + size;
    }
    return undefined;
  },
});

/** Chunks, with sizes of 64 bits, may stand behind the sound. */
function endOfCaf(bytes: Uint8Array, from: number): number | undefined {
  const view = viewOf(bytes);
  for (let offset = from; offset >= 0 && offset + 12 <= bytes.length; ) {
    if (hasText(bytes, 'caff', offset)) return offset;
    const size = Number(view.getBigInt64(offset + 4));
    if (size < 0) return undefined;
    offset += 12 + size;
  }
  return undefined;
}

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
    end(bytes) {
      const sound = find(bytes);
      return sound && ('end' in sound ? sound.end : sound.start + sound.size);
    },
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
  // A Buffer’s own slice would be no copy.
  const copy = new Uint8Array(bytes);
  write(copy, available);
  return { parts: [copy], notes: [unknownSizeNote] };
}

/** NIST SPHERE, of TIMIT and other speech corpora: a header in words, then PCM, mu-law, or shorten. */
export const sphere: Container = {
  name: 'SPHERE',
  endings: ['.sph', '.nist'],
  recognises: (bytes) => hasText(bytes, 'NIST_1A'),
  lengthIn: 'bytes',
  end(bytes) {
    const { samples, start, frame } = sphereLayout(bytes);
    return samples === undefined ? undefined : start + frame * samples;
  },
  inspect(bytes) {
    const { promised, samples, start, frame } = sphereLayout(bytes);
    if (samples === undefined) return { promised };
    const held = Math.floor((bytes.length - start) / frame);
    // FFmpeg reads what stands behind the sound as sound, too.
    if (held >= samples) return { promised, parts: [bytes.subarray(0, start + frame * samples)] };
    const detail = `its header promises ${samples} samples, it holds ${held}`;
    return { problem: { reason: 'truncated', detail } };
  },
};

interface SphereLayout {
  /** Samples a channel that the header promises. */
  readonly promised: number | undefined;
  /** The same, where they all take as many bytes: not those that are shortened. */
  readonly samples: number | undefined;
  /** Where they begin. */
  readonly start: number;
  /** Bytes of a sample of every channel. */
  readonly frame: number;
}

function sphereLayout(bytes: Uint8Array): SphereLayout {
  const start = Number(Buffer.from(bytes.subarray(8, 16)).toString('latin1'));
  const header = Buffer.from(bytes.subarray(0, start || 1024)).toString('latin1');
  const field = (name: string) => new RegExp(`^${name} -\\S+ (.*)$`, 'm').exec(header)?.[1]?.trim();
  const promised = Number(field('sample_count')) || undefined;
  const isShortened = (field('sample_coding') ?? 'pcm').includes('shorten');
  const frame = Number(field('sample_n_bytes') ?? 2) * Number(field('channel_count') ?? 1);
  return { promised, samples: isShortened ? undefined : promised, start, frame };
}
