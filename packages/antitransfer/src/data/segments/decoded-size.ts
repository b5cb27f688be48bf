import { open } from 'node:fs/promises';
import { AudioError } from '../audio/audio-error.js';
import { longestSamples } from '../audio/mix-channels.js';

/** Bytes of a file whose header does not tell how long it is: about an hour of MP3 at 128 kbit/s. */
const MOST_COMPRESSED = 64 * 2 ** 20;

const SAMPLE_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What is read of a file's beginning and end to know its length. */
const HEAD = 64;
const TAIL = 2 ** 16;

/**
 * Refuses a recording that is decoded whole (every format but plain WAV) and is too long for that.
 *
 * @param size of the file, in bytes
 * @throws AudioError that says what to do
 */
export async function requireDecodable(path: string, size: number): Promise<void> {
  const samples = await statedSamples(path, size);
  if (samples === undefined ? size <= MOST_COMPRESSED : samples <= longestSamples) return;
  const what =
    samples === undefined
      ? `its ${mebibytes(size)} are more than the ${mebibytes(MOST_COMPRESSED)} of such a file that can be decoded`
      : `decoded it takes ${mebibytes(SAMPLE_BYTES * samples)}, more than the ${mebibytes(SAMPLE_BYTES * longestSamples)} that can be held`;
  const remedy =
    'Recordings that are not plain WAV are decoded whole. Convert it to WAV (16-bit PCM), which is read in parts, or cut it.';
  throw new AudioError(path, 'too long', `${what}. ${remedy}`);
}

/** Samples a channel, of which one is held, or their mean; undefined where a file's header does not say. */
async function statedSamples(path: string, size: number): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  // Whoever decodes it says why it cannot be read.
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0);
    if (head.toString('latin1', 0, 4) === 'fLaC') return flacSamples(head);
    if (head.toString('latin1', 0, 4) !== 'OggS') return undefined;
    const tail = Buffer.alloc(Math.min(TAIL, size));
    await file.read(tail, 0, tail.length, size - tail.length);
    return oggSamples(head, tail);
  } finally {
    await file.close();
  }
}

/** From STREAMINFO (RFC 9639, section 8.2); 0 samples are not known. */
function flacSamples(head: Buffer): number | undefined {
  return (head.readUInt8(21) & 15) * 2 ** 32 + head.readUInt32BE(22) || undefined;
}

/** From the position that the last page ends at (RFC 3533, section 6), which counts samples in Opus and Vorbis. */
function oggSamples(head: Buffer, tail: Buffer): number | undefined {
  const opus = head.toString('latin1', 28, 36) === 'OpusHead';
  const vorbis = head.toString('latin1', 28, 35) === '\x01vorbis';
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  if (!(opus || vorbis) || page === -1 || page + 14 > tail.length) return undefined;
  return Number(tail.readBigInt64LE(page + 6));
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
