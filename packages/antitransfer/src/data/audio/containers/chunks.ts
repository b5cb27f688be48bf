import {
  type Container,
  hasText,
  isUnknownSize,
  type Structure,
  unknownSizeNote,
  viewOf,
} from './container.js';

/** Where the sound of a file is. */
export interface SoundChunk {
  readonly start: number;
  /** Bytes that it is said to take. */
  readonly size: number;
  /** Where that is written, so that a size that is not known can be set right before FFmpeg reads it. */
  readonly write: (bytes: Uint8Array, size: number) => void;
  /** Whether nothing of the format may stand behind it. */
  readonly endsFile?: boolean;
  /** Where the whole ends, and another may begin; undefined when it does not say. */
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

/** The size of sound that says none. */
export const UNKNOWN = Number.POSITIVE_INFINITY;

interface Chunked {
  readonly name: string;
  readonly endings: readonly string[];
  readonly magic: string;
  readonly find: FindSound;
}

function chunked({ name, endings, magic, find }: Chunked): Container {
  return {
    name,
    endings,
    recognises: (bytes) => hasText(bytes, magic),
    lengthIn: 'bytes',
    end: (bytes) => find(bytes)?.end,
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

/** Whether the sound is as long as it says; where it does not say, what a decoder is given in its place. */
export function lengthOf(bytes: Uint8Array, { start, size, write, endsFile }: SoundChunk): Structure {
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
