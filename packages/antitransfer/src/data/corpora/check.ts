import { entryOf } from '../../lookup.js';
import { AudioError, type AudioProblem } from '../audio/audio-error.js';
import { type Audio, decodeAudioFile } from '../audio/decode.js';
import { ClipReader } from '../audio/read-clip.js';
import { noiseProblem, segmentProblem } from '../audio/segment-problem.js';
import type { Clip } from '../clip.js';
import { buildFrontEnd } from '../features/front-end.js';
import { FrontEndSession } from '../features/front-end-session.js';
import { placeSamples } from '../features/segment.js';
import type { FeatureSettings } from '../features/settings.js';
import type { Progress } from '../progress.js';

/** A recording whose loudest sample is below this, of a full scale of 1, is silent (-80 dB). */
const SILENT_PEAK = 1e-4;

/** Files being read at the same time; decoding itself is on one thread. */
const CONCURRENCY = 8;

/** What a look at every file of a corpus found. */
export interface FileCheck {
  /** Files looked at, the noises that are mixed in included. */
  readonly files: number;
  /** The bad ones, by path. */
  readonly problems: readonly FileProblem[];
  /** What headers and flags of whole files get wrong: nothing to mend. */
  readonly notes: readonly FileNote[];
  /** Seconds of each decodable file, by its path. */
  readonly durations: ReadonlyMap<string, number>;
  /** Number of decodable files at each sample rate in Hz, the most frequent first. */
  readonly sampleRates: ReadonlyMap<number, number>;
}

export interface CheckOptions {
  /** Which channel of recordings to take, from 1, when no features say so; the mean of all when absent. */
  readonly channel?: number | undefined;
  /** What a training computes of the recordings. Resampling takes most of the time. */
  readonly features?: FeatureSettings;
}

export interface FileNote {
  readonly path: string;
  /** A sentence without a point. */
  readonly note: string;
}

export interface FileProblem {
  readonly path: string;
  /** Ids of the clips that it concerns. */
  readonly clips: readonly string[];
  readonly reason: AudioProblem;
  /** For people: which file, why, what to do. */
  readonly message: string;
}

/**
 * Decodes every file of the clips once and, when it is told the features of a training, does what the training does:
 * takes the channel, resamples it, computes features. Lists the files with which that cannot be done, the silent ones, and
 * the segments that lie outside of their files.
 *
 * ```ts
 * const { problems } = await checkFiles(corpus.clips);
 * for (const { message } of problems) console.error(message);
 * const bad = new Set(problems.flatMap(({ clips }) => clips));
 * const good = corpus.clips.filter(({ id }) => !bad.has(id));
 * ```
 *
 * @throws the signal's reason when it aborts
 */
export async function checkFiles(
  clips: readonly Clip[],
  onProgress?: (progress: Progress) => void,
  signal?: AbortSignal,
  options: CheckOptions = {},
): Promise<FileCheck> {
  const paths = [
    ...new Set(clips.flatMap(({ path, noise }) => (noise ? [path, noise.path] : [path]))),
  ].sort();
  const findings = new Map<string, Finding>();
  const waiting = paths.values();
  const recordings = new Set(clips.map(({ path }) => path));
  const inspector = await Inspector.open(options);
  const work = async () => {
    for (const path of waiting) {
      signal?.throwIfAborted();
      findings.set(path, await inspector.inspect(path, recordings.has(path)));
      onProgress?.({ done: findings.size, total: paths.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    await inspector.close();
  }
  return summarise(
    clips,
    paths.map((path) => ({ path, ...entryOf(findings, path) })),
  );
}

interface Finding {
  readonly duration?: number;
  readonly sampleRate?: number;
  readonly notes?: readonly string[];
  readonly problem?: AudioError;
}

/** Does with files what a training does. */
class Inspector {
  readonly #reader = new ClipReader();

  private constructor(
    private readonly options: CheckOptions,
    private readonly session: FrontEndSession | undefined,
  ) {}

  static async open(options: CheckOptions): Promise<Inspector> {
    const { features } = options;
    return new Inspector(options, features && (await FrontEndSession.create(buildFrontEnd(features))));
  }

  /** @param isRecording not only a noise, of which the mean of the channels is taken */
  async inspect(path: string, isRecording: boolean): Promise<Finding> {
    try {
      const audio = await decodeAudioFile(path, isRecording ? (this.options.features ?? this.options) : {});
      const { samples, sampleRate, notes } = audio;
      const problem = silence(path, samples) ?? (await this.#problemOfFeatures(path, audio));
      return { duration: samples.length / sampleRate, sampleRate, notes, ...(problem && { problem }) };
    } catch (error) {
      if (error instanceof AudioError) return { problem: error };
      throw error;
    }
  }

  async #problemOfFeatures(path: string, audio: Audio): Promise<AudioError | undefined> {
    const { features } = this.options;
    if (features === undefined || this.session === undefined) return undefined;
    const samples = await this.#reader.toRate(path, audio, features.sampleRate);
    const segment = new Float32Array(this.session.frontEnd.samples);
    placeSamples(samples, segment, features.placement);
    const row = await this.session.run(segment);
    if (row.every(Number.isFinite)) return undefined;
    return new AudioError(path, 'unreadable', 'its features are not finite numbers. Record it again.');
  }

  async close(): Promise<void> {
    await this.session?.close();
  }
}

function silence(path: string, samples: Float32Array): AudioError | undefined {
  if (samples.some((sample) => Math.abs(sample) >= SILENT_PEAK)) return undefined;
  const detail = `none of its ${samples.length} samples reaches ${SILENT_PEAK} of full scale. Record it again.`;
  return new AudioError(path, 'silent', detail);
}

function summarise(clips: readonly Clip[], findings: readonly (Finding & { path: string })[]): FileCheck {
  const durations = new Map<string, number>();
  const sampleRates = new Map<number, number>();
  const problems: FileProblem[] = [];
  const notes = findings.flatMap(({ path, notes: said = [] }) => said.map((note) => ({ path, note })));
  const add = ({ path, reason, message }: AudioError, affected: readonly Clip[]) =>
    problems.push({ path, reason, message, clips: affected.map(({ id }) => id) });
  for (const { path, duration, sampleRate, problem } of findings) {
    if (duration !== undefined) durations.set(path, duration);
    if (sampleRate !== undefined) sampleRates.set(sampleRate, (sampleRates.get(sampleRate) ?? 0) + 1);
    if (problem === undefined) continue;
    add(
      problem,
      clips.filter((clip) => clip.path === path || clip.noise?.path === path),
    );
  }
  for (const clip of clips) {
    const duration = durations.get(clip.path);
    const noiseDuration = durations.get(clip.noise?.path ?? '');
    const problem =
      (duration !== undefined && segmentProblem(clip, duration)) ||
      (noiseDuration !== undefined && noiseProblem(clip, noiseDuration));
    if (problem) add(problem, [clip]);
  }
  const mostFrequentFirst = new Map([...sampleRates].sort((a, b) => b[1] - a[1] || a[0] - b[0]));
  return { files: findings.length, problems, notes, durations, sampleRates: mostFrequentFirst };
}
