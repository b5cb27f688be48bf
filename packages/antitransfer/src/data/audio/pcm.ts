import { viewOf } from './containers/container.js';
import { layoutOf, type RiffLayout } from './containers/riff.js';
import type { Planes } from './ffmpeg/decoder.js';

const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** How the samples of a WAV file are written. */
export interface PcmFormat {
  readonly layout: RiffLayout;
  readonly channels: number;
  /** In Hz. */
  readonly sampleRate: number;
  readonly isFloat: boolean;
  /** Bytes that a sample takes: often more than its bits need. */
  readonly slot: number;
  /** Bits of a sample that mean something. */
  readonly bits: number;
}

/**
 * The format of a WAV file whose samples stand there as numbers: integers of 1 to 4 bytes, floating point of 4 or 8.
 * Undefined for one with an encoding that needs a decoder.
 *
 * @param bytes the file, or as much of its beginning as reaches its samples
 * @param fileSize bytes of the whole file
 * @throws Error when the header is damaged; the message says what was found
 */
export function pcmFormat(bytes: Uint8Array, fileSize = bytes.length): PcmFormat | undefined {
  const layout = layoutOf(bytes, fileSize);
  const view = viewOf(bytes);
  const at = (offset: number) => view.getUint16(layout.format + offset, layout.littleEndian);
  const channels = at(2);
  const sampleRate = view.getUint32(layout.format + 4, layout.littleEndian);
  if (channels === 0 || sampleRate === 0) {
    throw new Error(`its header promises ${channels} channels at ${sampleRate} Hz`);
  }
  const extended = at(0) === EXTENSIBLE && layout.formatBytes >= 26;
  // The real encoding of an extensible file is the first half of the sub-format's identifier.
  const encoding = extended ? at(24) : at(0);
  const stated = at(14);
  const meant = extended ? at(18) : 0;
  const least = Math.ceil(stated / 8);
  const aligned = at(12) / channels;
  // The rate of bytes is the second opinion.
  const isPacked = view.getUint32(layout.format + 8, layout.littleEndian) === sampleRate * channels * least;
  const slot = Number.isInteger(aligned) && aligned >= least && !isPacked ? aligned : least;
  const bits = meant > 0 && meant < stated ? meant : stated;
  const isFloat = encoding === IEEE_FLOAT;
  const slots = isFloat ? [4, 8] : encoding === PCM ? [1, 2, 3, 4] : [];
  if (!slots.includes(slot) || (isFloat && 8 * slot !== stated)) return undefined;
  return { layout, channels, sampleRate, isFloat, slot, bits };
}

/** Reads the sample at a byte offset. */
type SampleReader = (offset: number) => number;

/** Frames that are handed over at a time. */
const BLOCK_FRAMES = 2 ** 16;

/**
 * Reads the samples. An integer of b bits is divided by 2^(b-1), as soundfile, librosa and torchaudio do.
 *
 * @param take is given the samples of every channel, a block at a time
 * @returns samples a channel, and what was unusual
 */
export function readPcm(
  bytes: Uint8Array,
  format: PcmFormat,
  take: (planes: Planes, sampleRate: number) => void,
): { samples: number; notes: string[] } {
  const { layout, channels, slot, sampleRate } = format;
  const samples = Math.floor(layout.held / (slot * channels));
  const justifiedRight = isJustifiedRight(bytes, format, samples * channels);
  const read = sampleReader(bytes, format, justifiedRight);
  for (let first = 0; first < samples; first += BLOCK_FRAMES) {
    const count = Math.min(BLOCK_FRAMES, samples - first);
    const planes = Array.from({ length: channels }, () => new Float32Array(count));
    for (const [channel, plane] of planes.entries()) {
      let offset = layout.data + (first * channels + channel) * slot;
      for (let i = 0; i < count; i++, offset += slot * channels) plane[i] = read(offset);
    }
    take(planes, sampleRate);
  }
  const left = layout.held - samples * slot * channels;
  const notes = justifiedRight
    ? [`its samples of ${format.bits} bits stand in the lower bits of ${slot} bytes, not in the upper ones`]
    : [];
  if (left > 0)
    notes.push(`${left === 1 ? '1 byte is' : `${left} bytes are`} left over behind its last whole sample`);
  return { samples, notes };
}

function sampleReader(bytes: Uint8Array, format: PcmFormat, justifiedRight: boolean): SampleReader {
  const view = viewOf(bytes);
  const { littleEndian } = format.layout;
  if (format.isFloat) {
    if (format.slot === 4) return (offset) => view.getFloat32(offset, littleEndian);
    return (offset) => view.getFloat64(offset, littleEndian);
  }
  const integer = integerReader(view, format);
  // Fewer bits than the bytes hold stand in the upper ones, so the bytes' own full scale is the samples'.
  const fullScale = 2 ** ((justifiedRight ? format.bits : 8 * format.slot) - 1);
  return (offset) => integer(offset) / fullScale;
}

function integerReader(view: DataView, { slot, layout: { littleEndian } }: PcmFormat): SampleReader {
  if (slot === 1) return (offset) => view.getUint8(offset) - 128;
  if (slot === 2) return (offset) => view.getInt16(offset, littleEndian);
  if (slot === 4) return (offset) => view.getInt32(offset, littleEndian);
  if (littleEndian) return (offset) => (view.getInt8(offset + 2) << 16) | view.getUint16(offset, true);
  return (offset) => (view.getInt8(offset) << 16) | view.getUint16(offset + 1, false);
}

/**
 * Whether samples stand in the lower bits of their bytes, against the rule: all are small enough for that, and some use
 * bits that would otherwise be zero.
 */
function isJustifiedRight(bytes: Uint8Array, format: PcmFormat, count: number): boolean {
  const { slot, bits, isFloat, layout } = format;
  const unused = 8 * slot - bits;
  if (isFloat || slot === 1 || unused <= 0) return false;
  const read = integerReader(viewOf(bytes), format);
  const limit = 2 ** (bits - 1);
  let usesLowBits = false;
  for (let i = 0; i < count; i++) {
    const value = read(layout.data + i * slot);
    if (value < -limit || value >= limit) return false;
    usesLowBits ||= (value & (2 ** unused - 1)) !== 0;
  }
  return usesLowBits;
}
