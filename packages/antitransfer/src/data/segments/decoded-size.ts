import { open } from 'node:fs/promises';
import { AudioError } from '../audio/audio-error.js';

/** Bytes that a recording may take once it is decoded, where its header tells: an hour and a half of CD sound. */
const MOST_DECODED = 2 ** 31;

/** Bytes of a file whose header does not tell how long it is: about an hour of MP3 at 128 kbit/s. */
const MOST_COMPRESSED = 64 * 2 ** 20;

const FLOAT_BYTES = 4;

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
  const decoded = await decodedBytes(path, size);
  const remedy =
    'Recordings that are not plain WAV are decoded whole. Convert it to WAV (16-bit PCM), which is read in parts, or cut it.';
  if (decoded === undefined ? size > MOST_COMPRESSED : decoded > MOST_DECODED) {
    const what =
      decoded === undefined
        ? `its ${mebibytes(size)} are more than the ${mebibytes(MOST_COMPRESSED)} of such a file that can be decoded`
        : `decoded it takes ${mebibytes(decoded)}, more than the ${mebibytes(MOST_DECODED)} that can be held`;
    throw new AudioError(path, 'too long', `${what}. ${remedy}`);
  }
}

/** What a file takes in single precision, all channels; undefined where its header does not say. */
async function decodedBytes(path: string, size: number): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  // Whoever decodes it says why it cannot be read.
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0);
    if (head.toString('latin1', 0, 4) === 'fLaC') return flacBytes(head);
    if (head.toString('latin1', 0, 4) !== 'OggS') return undefined;
    const tail = Buffer.alloc(Math.min(TAIL, size));
    await file.read(tail, 0, tail.length, size - tail.length);
    return oggBytes(head, tail);
  } finally {
    await file.close();
  }
}

/** From STREAMINFO (RFC 9639, section 8.2): channels and samples of each; 0 samples are not known. */
function flacBytes(head: Buffer): number | undefined {
  const channels = ((head.readUInt8(20) >> 1) & 7) + 1;
  const samples = (head.readUInt8(21) & 15) * 2 ** 32 + head.readUInt32BE(22);
  return samples === 0 ? undefined : samples * channels * FLOAT_BYTES;
}

/** From the position that the last page ends at (RFC 3533, section 6), and the first packet's count of channels. */
function oggBytes(head: Buffer, tail: Buffer): number | undefined {
  const opus = head.toString('latin1', 28, 36) === 'OpusHead';
  const vorbis = head.toString('latin1', 28, 35) === '\x01vorbis';
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  if (!(opus || vorbis) || page === -1 || page + 14 > tail.length) return undefined;
  const channels = head.readUInt8(opus ? 37 : 39);
  return Number(tail.readBigInt64LE(page + 6)) * channels * FLOAT_BYTES;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
