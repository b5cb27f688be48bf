import { AudioError } from '../audio/audio-error.js';
import { decodeAudioFile } from '../audio/decode.js';
import { ClipReader, cutStretch } from '../audio/read-clip.js';
import { segmentProblem } from '../audio/segment-problem.js';
import type { Clip } from '../clip.js';
import { buildFrontEnd } from '../features/front-end.js';
import { FrontEndSession } from '../features/front-end-session.js';
import { peakOf, placeSamples } from '../features/segment.js';
import type { FeatureSettings } from '../features/settings.js';
import { isHeard } from '../segments/read-windows.js';
import { defaultWindows, type WindowSettings } from '../segments/settings.js';
import { requireFewWindows, type Window, windowLengths, windowsOf } from '../segments/windows.js';

/** What recordings are checked for. */
export interface CheckOptions {
  /** Which channel of recordings to take, from 1, when no features say so; the mean of all when absent. */
  readonly channel?: number | undefined;
  /** What a training computes of the recordings. Resampling takes most of the time. */
  readonly features?: FeatureSettings;
  /**
   * What a training hears of clips that are longer than a segment of the features: windows, or (null) one segment. All of
   * every clip when absent.
   */
  readonly segments?: WindowSettings | null;
}

/** What a look at a file found. */
export interface Finding {
  /** In seconds. */
  readonly duration?: number;
  /** In Hz. */
  readonly sampleRate?: number;
  readonly notes?: readonly string[];
  /** What is wrong with the file. */
  readonly problem?: AudioError;
  /** What is wrong with clips in it, when the file is sound. */
  readonly clipProblems?: readonly { readonly clip: Clip; readonly problem: AudioError }[];
}

/** Of silence: from what no sample is far. */
function fromWhere(samples: Float32Array): string {
  const [first = 0] = samples;
  return Math.abs(first) < defaultWindows.minimumPeak
    ? 'reaches'
    : `differs from a steady ${first.toFixed(3)} by`;
}

/** Does with files what a training does. */
export class Inspector {
  readonly #reader = new ClipReader();

  private constructor(
    private readonly options: CheckOptions,
    private readonly session: FrontEndSession | undefined,
  ) {}

  static async open(options: CheckOptions): Promise<Inspector> {
    const { features } = options;
    return new Inspector(options, features && (await FrontEndSession.create(buildFrontEnd(features))));
  }

  /**
   * @param clips that are in the file
   *   none of a noise, of which the mean of the channels is taken
   */
  async inspect(path: string, clips: readonly Clip[]): Promise<Finding> {
    try {
      const { features = this.options } = this.options;
      const audio = await decodeAudioFile(path, clips.length > 0 ? features : {});
      const { samples, sampleRate, notes } = audio;
      const facts = { duration: samples.length / sampleRate, sampleRate, notes };
      if (peakOf(samples) < defaultWindows.minimumPeak) {
        const detail = `none of its ${samples.length} samples ${fromWhere(samples)} ${defaultWindows.minimumPeak} of full scale. Record it again.`;
        return { ...facts, problem: new AudioError(path, 'silent', detail) };
      }
      const rate = this.options.features?.sampleRate ?? sampleRate;
      const converted = await this.#reader.toRate(path, audio, rate);
      const clipProblems: { clip: Clip; problem: AudioError }[] = [];
      for (const clip of clips) {
        const problem = await this.#problemOf(clip, converted, rate);
        if (problem !== undefined) clipProblems.push({ clip, problem });
      }
      return { ...facts, clipProblems };
    } catch (error) {
      if (error instanceof AudioError) return { problem: error };
      throw error;
    }
  }

  async #problemOf(clip: Clip, file: Float32Array, sampleRate: number): Promise<AudioError | undefined> {
    const problem = segmentProblem(clip, file.length / sampleRate);
    if (problem !== undefined) return problem;
    const samples = cutStretch(clip, file, sampleRate);
    const heard = this.#heard(clip, samples, sampleRate);
    if (heard.length === 0) return nothingToHear(clip, samples, sampleRate, this.options);
    const { features } = this.options;
    if (features === undefined || this.session === undefined) return undefined;
    for (const { first, end } of heard) {
      const segment = new Float32Array(this.session.frontEnd.samples);
      placeSamples(samples.subarray(first, end), segment, features.placement);
      const row = await this.session.run(segment);
      if (row.every(Number.isFinite)) continue;
      return new AudioError(clip.path, 'unreadable', 'its features are not finite numbers. Record it again.');
    }
    return undefined;
  }

  /** The parts of a clip that a training hears: none where there is nothing to hear. */
  #heard(clip: Clip, samples: Float32Array, sampleRate: number): Window[] {
    const { features, segments } = this.options;
    const settings = segments ?? defaultWindows;
    const least = { segment: 0, hop: 0, minimum: Math.round(settings.minimum * sampleRate) };
    const whole = { first: 0, end: samples.length };
    if (features === undefined || segments === undefined) {
      return isHeard({ ...whole, peak: peakOf(samples) }, least, settings) ? [whole] : [];
    }
    if (segments === null) {
      const segment = new Float32Array(buildFrontEnd(features).samples);
      placeSamples(samples, segment, features.placement);
      return isHeard({ ...whole, peak: peakOf(segment) }, least, settings) ? [whole] : [];
    }
    const lengths = windowLengths(features, segments);
    requireFewWindows(clip, samples.length, lengths, sampleRate);
    return [...windowsOf(samples.length, lengths)].filter((window) =>
      isHeard({ ...window, peak: peakOf(samples.subarray(window.first, window.end)) }, lengths, segments),
    );
  }

  async close(): Promise<void> {
    await this.session?.close();
  }
}

function nothingToHear(
  { id, path }: Clip,
  samples: Float32Array,
  sampleRate: number,
  { segments }: CheckOptions,
): AudioError {
  const { minimum, minimumPeak } = segments ?? defaultWindows;
  const seconds = samples.length / sampleRate;
  if (seconds < minimum) {
    const detail = `the clip "${id}" has ${Number(seconds.toPrecision(3))} s of sound, less than ${minimum} s. Record it again, or leave it out.`;
    return new AudioError(path, 'too short', detail);
  }
  const where =
    segments === undefined ? '' : segments === null ? ' in the segment that is used' : ' in any window';
  const detail = `no sample of the clip "${id}"${where} reaches ${minimumPeak} of full scale. Record it again, or leave it out.`;
  return new AudioError(path, 'silent', detail);
}
