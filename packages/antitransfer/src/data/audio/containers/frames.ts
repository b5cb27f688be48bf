import { hasText, viewOf } from './container.js';

/** Bytes of the frame that begins at an offset; undefined when none does. */
export type FrameLength = (bytes: Uint8Array, offset: number) => number | undefined;

/** A stream of frames that say how long they are, one behind the other. */
export interface FrameWalk {
  /** Where the first frame begins; undefined when there is none. */
  readonly first: number | undefined;
  /** Whole frames. */
  readonly frames: number;
  /** Bytes between two frames that belong to none, and where the first of them stands. */
  readonly strayBytes: number;
  readonly strayOffset: number | undefined;
  /** Whether the file ends within a frame. */
  readonly torn: boolean;
  /** Bytes behind the last frame that begin no frame. */
  readonly behind: number;
  /** Whether those are all zero, as what pads a file is. */
  readonly behindIsZero: boolean;
}

/** How far into a file its first frame is looked for. */
const SEARCH_BYTES = 65536;

/**
 * Walks along the frames of a stream. A frame counts as found when another, or the end, follows it.
 *
 * @param known where the first frame begins, where the format says so
 */
export function walkFrames(bytes: Uint8Array, lengthAt: FrameLength, known?: number): FrameWalk {
  const first = known ?? findFrame(bytes, 0, Math.min(bytes.length, SEARCH_BYTES), lengthAt);
  let offset = first ?? bytes.length;
  let frames = 0;
  let strayBytes = 0;
  let strayOffset: number | undefined;
  while (offset < bytes.length) {
    const length = lengthAt(bytes, offset);
    if (length !== undefined && offset + length <= bytes.length) {
      frames++;
      offset += length;
      continue;
    }
    const next = findFrame(bytes, offset + 1, bytes.length, lengthAt);
    if (next === undefined) {
      return {
        first,
        frames,
        strayBytes,
        strayOffset,
        torn: length !== undefined,
        behind: bytes.length - offset,
        behindIsZero: bytes.subarray(offset).every((byte) => byte === 0),
      };
    }
    strayOffset ??= offset;
    strayBytes += next - offset;
    offset = next;
  }
  return { first, frames, strayBytes, strayOffset, torn: false, behind: 0, behindIsZero: true };
}

/** Frames in a row that are no coincidence. */
const CONVINCING = 3;

/** Where frames begin at or behind `from`, before `end`: three in a row, or fewer that reach the end of the file. */
function findFrame(bytes: Uint8Array, from: number, end: number, lengthAt: FrameLength): number | undefined {
  for (let start = from; start < end; start++) {
    let offset = start;
    for (let found = 0; ; found++) {
      if (found === CONVINCING || (found > 0 && offset === bytes.length)) return start;
      const length = lengthAt(bytes, offset);
      if (length === undefined) break;
      offset += length;
      if (offset > bytes.length && (found > 0 || start === 0)) return start;
      if (offset > bytes.length) break;
    }
  }
  return undefined;
}

/** Bit rates in kbit/s by version 1 or 2, then by layer 1 to 3 (ISO 11172-3, ISO 13818-3); index 0 and 15 are not used. */
const bitRates = [
  [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
] as const;

const mpegRates = [44100, 48000, 32000] as const;

/** Length of a frame of MPEG-1, -2 or -2.5 audio, layer I to III. Free-format frames do not say. */
export const mpegFrameLength: FrameLength = (bytes, offset) => {
  const second = bytes[offset + 1] ?? 0;
  const third = bytes[offset + 2] ?? 0;
  if (bytes[offset] !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const baseRate = mpegRates[(third >> 2) & 3];
  const bitRate = bitRates[version === 3 ? 0 : 1]?.[layer - 1]?.[(third >> 4) - 1];
  if (version === 1 || baseRate === undefined || bitRate === undefined) return undefined;
  const rate = version === 3 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const padding = (third >> 1) & 1;
  if (layer === 1) return 4 * (Math.floor((12000 * bitRate) / rate) + padding);
  return Math.floor(((layer === 3 && version !== 3 ? 72000 : 144000) * bitRate) / rate) + padding;
};

/** Length of a frame of AAC in ADTS (ISO 13818-7). */
export const adtsFrameLength: FrameLength = (bytes, offset) => {
  const at = (i: number) => bytes[offset + i] ?? 0;
  if (at(0) !== 0xff || (at(1) & 0xf6) !== 0xf0 || ((at(2) >> 2) & 15) > 12) return undefined;
  const length = ((at(3) & 3) << 11) + (at(4) << 3) + (at(5) >> 5);
  return length > 7 ? length : undefined;
};

/** Length of a block of WavPack. */
export const wavPackBlockLength: FrameLength = (bytes, offset) => {
  if (!hasText(bytes, 'wvpk', offset) || offset + 8 > bytes.length) return undefined;
  return 8 + viewOf(bytes).getUint32(offset + 4, true);
};

/** Bytes of a frame by its mode (RFC 4867, section 5.3); the others are not in use. */
const amrBytes = {
  narrow: [13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6, 1, 1, 1, 1],
  wide: [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 6, 1, 1, 1, 1, 1],
} as const;

export function amrFrameLength(band: keyof typeof amrBytes): FrameLength {
  return (bytes, offset) => {
    const first = bytes[offset];
    if (first === undefined || (first & 0x83) !== 0) return undefined;
    const length = amrBytes[band][(first >> 3) & 15];
    // Zeros would be damaged frames of the lowest quality: they are what pads a file.
    const isPadding =
      first === 0 && bytes.subarray(offset, offset + (length ?? 0)).every((byte) => byte === 0);
    return isPadding ? undefined : length;
  };
}
