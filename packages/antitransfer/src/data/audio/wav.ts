import { concatenated } from './mix-channels.js';
import { pcmFormat, readPcm } from './pcm.js';

/** What a WAV file holds. */
export interface WavContents {
  readonly channels: readonly Float32Array[];
  /** In Hz. */
  readonly sampleRate: number;
}

/**
 * Reads a WAV file of integers or floating-point numbers; {@link readPcm} says how.
 *
 * @throws Error when the bytes are no such file; the message says what was found
 */
export function decodeWav(bytes: Uint8Array): WavContents {
  const format = pcmFormat(bytes);
  if (format === undefined) throw new Error('its samples need a decoder');
  const blocks: Float32Array[][] = Array.from({ length: format.channels }, () => []);
  readPcm(bytes, format, (planes) => {
    for (const [channel, plane] of planes.entries()) blocks[channel]?.push(plane);
  });
  return { channels: blocks.map(concatenated), sampleRate: format.sampleRate };
}

const PCM = 1;

/**
 * Writes a mono WAV file of 16-bit PCM. Samples outside [-1, 1) are clipped.
 *
 * ```ts
 * const bytes = encodeWav(new Float32Array(16000), 16000);
 * bytes.length; // 32044
 * ```
 *
 * @param samples in [-1, 1), shape (samples)
 * @param sampleRate in Hz, a whole number
 */
export function encodeWav(samples: Float32Array, sampleRate: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (offset: number, characters: string) =>
    bytes.set(new TextEncoder().encode(characters), offset);
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + 2 * index, Math.max(-32768, Math.min(32767, Math.round(32768 * sample))), true);
  });
  return bytes;
}

/** The same as a `data:` URL, for an `<audio>` element in a page that stands alone. */
export function encodeWavUrl(samples: Float32Array, sampleRate: number): string {
  return `data:audio/wav;base64,${Buffer.from(encodeWav(samples, sampleRate)).toString('base64')}`;
}
