import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../../errors.js';
import { meanOfRows } from '../../numbers/mean.js';
import { AudioError } from './audio-error.js';
import { compressedFormats } from './compressed.js';
import { isConvertible, sampleRates } from './resample.js';
import { decodeWav } from './wav.js';

/** A sample above this, of a full scale of 1, is a mistake: 24 dB more than any recorder or codec can mean. */
const LOUDEST = 16;

/** A decoded recording, its channels averaged to one. */
export interface Audio {
  /** In [-1, 1], shape (samples). */
  readonly samples: Float32Array;
  /** In Hz. Ogg Opus always decodes at 48000. */
  readonly sampleRate: number;
}

/**
 * Decodes a recording to mono: WAV (PCM of 8 to 32 bits, floating point), FLAC, MP3, Ogg Vorbis, Ogg Opus.
 * The format is known by the file's first bytes, not by its name.
 *
 * ```ts
 * const { samples, sampleRate } = await decodeAudioFile('7_theo_0.wav');
 * samples.length / sampleRate; // seconds
 * ```
 *
 * @throws AudioError when the file is missing, unreadable (or of another format, or at a rate below 1000 or above
 * 192000 Hz), empty, truncated, or far louder than full scale
 */
export async function decodeAudioFile(path: string): Promise<Audio> {
  return decodeAudio(path, await readAudioFile(path));
}

async function readAudioFile(path: string): Promise<Uint8Array> {
  try {
    // A pipe would be waited for, and a device read, without end.
    const status = await stat(path);
    if (!status.isFile() && !status.isDirectory()) {
      throw new AudioError(path, 'unreadable', 'it is no file but a pipe, socket or device. Name a file.');
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof AudioError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AudioError(path, 'missing', 'there is no such file. Check the path.', { cause: error });
    }
    throw new AudioError(path, 'unreadable', `${messageOf(error)}.`, { cause: error });
  }
}

async function decodeAudio(path: string, bytes: Uint8Array): Promise<Audio> {
  if (bytes.length === 0) throw new AudioError(path, 'empty', 'it has no bytes. Record or copy it again.');
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('RIFF') && start.endsWith('WAVE')) return decodeWavBytes(path, bytes);
  return decodeCompressedBytes(path, bytes);
}

function decodeWavBytes(path: string, bytes: Uint8Array): Audio {
  const { channels, sampleRate, frames, promised } = readOrExplain(path, () => decodeWav(bytes));
  if (promised !== undefined && frames < promised) {
    throw new AudioError(
      path,
      'truncated',
      `its header promises ${promised} samples, it holds ${frames}. Copy it again from the source.`,
    );
  }
  return usable(path, { samples: meanOfRows(channels), sampleRate });
}

function readOrExplain<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new AudioError(path, 'unreadable', `${messageOf(error)}.`, { cause: error });
  }
}

async function decodeCompressedBytes(path: string, bytes: Uint8Array): Promise<Audio> {
  const format = compressedFormats.find((candidate) => candidate.recognises(bytes));
  if (format === undefined) {
    const names = ['WAV', ...compressedFormats.map(({ name }) => name)].join(', ');
    throw new AudioError(path, 'unreadable', `it is none of the supported formats (${names}). Convert it.`);
  }
  const { channelData, sampleRate } = await format.decode(bytes).catch((error: unknown) => {
    throw new AudioError(path, 'unreadable', `as ${format.name}: ${messageOf(error)}.`, {
      cause: error,
    });
  });
  const decoded = channelData[0]?.length ?? 0;
  if (format.isTruncated(bytes, decoded)) {
    throw new AudioError(
      path,
      'truncated',
      `the ${format.name} stream breaks off after ${decoded} samples. Copy it again from the source.`,
    );
  }
  if (decoded === 0) throw new AudioError(path, 'unreadable', `no ${format.name} packet could be decoded.`);
  return usable(path, { samples: meanOfRows(channelData), sampleRate });
}

function usable(path: string, audio: Audio): Audio {
  const { samples, sampleRate } = audio;
  if (samples.length === 0)
    throw new AudioError(path, 'empty', 'it holds no samples. Record or copy it again.');
  if (!isConvertible(sampleRate)) {
    const { lowest, highest } = sampleRates;
    const range = `only rates from ${lowest} to ${highest} Hz can be used`;
    throw new AudioError(path, 'unreadable', `its sample rate is ${sampleRate} Hz; ${range}. Convert it.`);
  }
  // A file of floating-point samples can hold anything; one NaN, or 1e18, would spoil a whole training.
  const wrong = samples.findIndex((sample) => !(Math.abs(sample) <= LOUDEST));
  if (wrong === -1) return audio;
  const value = samples[wrong];
  if (!Number.isFinite(value)) {
    throw new AudioError(path, 'unreadable', `its sample ${wrong} is ${value}, not a finite number.`);
  }
  throw new AudioError(
    path,
    'too loud',
    `its sample ${wrong} is ${value}; full scale is 1. Divide its samples by what they count as full scale.`,
  );
}
