import { stat } from 'node:fs/promises';
import type { ClipReader } from '../audio/read-clip.js';
import { commonPeriod, filterReach, Resampler } from '../audio/resample.js';
import { segmentProblem } from '../audio/segment-problem.js';
import { SoundStream } from '../audio/sound-stream.js';
import type { Clip } from '../clip.js';
import type { FeatureSettings } from '../features/settings.js';
import { WavFile } from './wav-file.js';

/** A clip whose samples are read in parts, at a rate. */
export interface Recording {
  /** How many there are. */
  readonly length: number;
  /** Those from `first` to before `end`, shape (end - first). Not to be written to. */
  read(first: number, end: number): Promise<Float32Array>;
  /**
   * Looks at what was read as a whole, when all was.
   *
   * @throws AudioError when its channels cancelled each other
   */
  finish(): void;
  close(): Promise<void>;
}

/** A file that is read in parts: plain WAV anywhere, others front to back. */
type FileInParts = Pick<WavFile, 'frames' | 'sampleRate' | 'read' | 'requireMean' | 'close'>;

/** Smaller files are decoded whole: that takes a moment, and little memory. */
const WHOLE_BYTES = 8 * 2 ** 20;

/**
 * Opens clips to be read in parts: a large WAV file is read from the disk part by part, other large files are decoded part
 * by part, front to back. A small file, and one that noise is mixed into, is decoded whole.
 */
export class RecordingOpener {
  #resampler: Promise<Resampler> | undefined;

  constructor(
    readonly reader: ClipReader,
    /** What the samples that are read are computed to: their rate in Hz, and which channel they are of. */
    readonly features: Pick<FeatureSettings, 'sampleRate' | 'channel'>,
    /** Files up to this size are decoded whole. */
    readonly wholeBytes = WHOLE_BYTES,
  ) {}

  /** @throws AudioError when the clip cannot be used */
  async open(clip: Clip): Promise<Recording> {
    const size = await sizeOf(clip.path);
    if (size > this.wholeBytes) {
      const { sampleRate, channel } = this.features;
      // Noise is mixed in at a ratio to all of the clip.
      const file =
        clip.noise === undefined
          ? ((await WavFile.open(clip.path, channel)) ?? (await SoundStream.open(clip.path, channel)))
          : undefined;
      if (file !== undefined) return segmentOf(clip, await this.#inParts(file), sampleRate);
    }
    return new Decoded(await this.reader.read(clip, this.features.sampleRate, this.features));
  }

  async #inParts(file: FileInParts): Promise<Recording> {
    const { sampleRate } = this.features;
    if (file.sampleRate === sampleRate) {
      return {
        length: file.frames,
        read: (first, end) => file.read(first, end),
        finish: () => file.requireMean(),
        close: () => file.close(),
      };
    }
    this.#resampler ??= Resampler.create();
    return new Resampled(file, await this.#resampler, sampleRate);
  }
}

/**
 * The clip's part of its file.
 *
 * @throws AudioError when the file ends before the segment does; it is closed then
 */
async function segmentOf(clip: Clip, file: Recording, sampleRate: number): Promise<Recording> {
  const fileDuration = file.length / sampleRate;
  const problem = segmentProblem(clip, fileDuration);
  if (problem !== undefined) {
    await file.close();
    throw problem;
  }
  const { start = 0, duration = fileDuration - start } = clip;
  const offset = Math.round(start * sampleRate);
  const end = Math.min(file.length, Math.round((start + duration) * sampleRate));
  return {
    length: end - offset,
    read: (first, last) => file.read(offset + first, offset + last),
    finish: () => file.finish(),
    close: () => file.close(),
  };
}

class Decoded implements Recording {
  constructor(readonly samples: Float32Array) {}

  get length(): number {
    return this.samples.length;
  }

  async read(first: number, end: number): Promise<Float32Array> {
    return this.samples.subarray(first, end);
  }

  /** Looked at when it was decoded. */
  finish(): void {}

  async close(): Promise<void> {}
}

/** A file at another rate. Each part is converted with what the filter reaches of its neighbours. */
class Resampled implements Recording {
  readonly length: number;

  constructor(
    readonly file: FileInParts,
    readonly resampler: Resampler,
    readonly sampleRate: number,
  ) {
    this.length = Math.round((file.frames * sampleRate) / file.sampleRate);
  }

  async read(first: number, end: number): Promise<Float32Array> {
    const { file, sampleRate } = this;
    const [period, converted] = commonPeriod(file.sampleRate, sampleRate);
    const reach = filterReach(file.sampleRate, sampleRate);
    const ratio = file.sampleRate / sampleRate;
    const periods = Math.max(0, Math.floor((first * ratio - reach) / period));
    const part = await file.read(periods * period, Math.min(file.frames, Math.ceil(end * ratio) + reach));
    const skipped = first - periods * converted;
    return this.resampler
      .resample(part, file.sampleRate, sampleRate)
      .subarray(skipped, skipped + end - first);
  }

  finish(): void {
    this.file.requireMean();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** 0 of what is not there: whoever reads it says so. */
async function sizeOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? status.size : 0;
}
