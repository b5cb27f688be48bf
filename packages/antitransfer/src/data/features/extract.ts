import { UserError } from '../../errors.js';
import { AudioError } from '../audio/audio-error.js';
import { ClipReader } from '../audio/read-clip.js';
import type { Clip } from '../clip.js';
import type { Progress } from '../progress.js';
import { buildFrontEnd } from './front-end.js';
import { FrontEndSession } from './front-end-session.js';
import { placeSamples } from './segment.js';
import type { FeatureSettings } from './settings.js';
import type { FeatureCache } from './store/cache.js';
import { CachedRows } from './store/cached-rows.js';
import type { FeatureSet } from './store/feature-set.js';

/** Clips that are read at the same time and computed at once; more do not fit the processor's cache. */
const BATCH = 16;

export interface ExtractOptions {
  /** Where features are looked up and kept; without one, everything is computed. */
  readonly cache?: FeatureCache;
  /** Threads inside one operator; 1 when absent, because the work is too small to gain from more. */
  readonly threads?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** What to do about recordings that cannot be used, once all were looked at: `fail` when absent. */
  readonly onProblem?: 'fail' | 'skip';
  /**
   * Reads a clip's samples at a rate in Hz; decodes its file when absent. Cached features are named after the files, so
   * samples must depend on nothing else.
   */
  readonly read?: (clip: Clip, sampleRate: number) => Promise<Float32Array>;
}

/** Recordings that cannot be used. Its message lists each with the reason. */
export class UnusableRecordingsError extends UserError {
  override readonly name = 'UnusableRecordingsError';

  constructor(readonly problems: readonly AudioError[]) {
    const list = problems.map(({ message }) => `  ${message}`).join('\n');
    const what = problems.length === 1 ? 'A recording' : `${problems.length} recordings`;
    super(`${what} cannot be used:\n${list}\nMend or remove them, or choose to skip them.`);
  }
}

/**
 * The features of clips.
 *
 * ```ts
 * const { shape, data } = await extractFeatures(corpus.clips, featurePresets.pilot, { cache });
 * data.length; // clips * shape[1] * shape[2]
 * ```
 *
 * @throws UnusableRecordingsError when some cannot be used and they are not to be skipped
 * @throws UserError when there are too many mel bands for the window, or the cache cannot be written
 * @throws the signal's reason when it aborts
 */
export async function extractFeatures(
  clips: readonly Clip[],
  settings: FeatureSettings,
  options: ExtractOptions = {},
): Promise<FeatureSet> {
  const { cache, signal, onProgress, onProblem = 'fail' } = options;
  const frontEnd = buildFrontEnd(settings);
  const { frames, bins } = frontEnd;
  const data = new Float32Array(clips.length * frames * bins);
  const rows = clips.map((_, i) => data.subarray(i * frames * bins, (i + 1) * frames * bins));
  const cachedRows = cache && (await CachedRows.open(cache, clips, settings, rows, signal));
  const cached = (await cachedRows?.fill()) ?? new Set<number>();
  onProgress?.({ done: cached.size, total: clips.length });

  const read = options.read ?? fileReader();
  const missing = [...clips.keys()].filter((position) => !cached.has(position));
  const session = await FrontEndSession.create(frontEnd, options.threads);
  const problems = new Map<number, AudioError>();
  let done = cached.size;
  try {
    for (const batch of batches(missing)) {
      signal?.throwIfAborted();
      const recordings = await readAll(batch, (position) => read(clips[position]!, settings.sampleRate));
      for (const [position, problem] of recordings.problems) problems.set(position, problem);
      await computeRows(session, recordings.samples, settings, rows);
      await cachedRows?.add(recordings.samples.keys());
      done += batch.length;
      onProgress?.({ done, total: clips.length });
    }
    await cachedRows?.save();
  } finally {
    await session.close();
  }

  const distinct = [...new Map([...problems.values()].map((problem) => [problem.message, problem])).values()];
  if (distinct.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(distinct);
  const usable = [...clips.keys()].filter((position) => !problems.has(position));
  return {
    shape: [1, frames, bins],
    data: problems.size === 0 ? data : joined(usable.map((position) => rows[position]!)),
    clips: usable.map((position) => clips[position]!),
    problems: distinct,
  };
}

function fileReader(): NonNullable<ExtractOptions['read']> {
  const reader = new ClipReader();
  return (clip, sampleRate) => reader.read(clip, sampleRate);
}

function* batches(positions: readonly number[]): Generator<readonly number[]> {
  for (let i = 0; i < positions.length; i += BATCH) yield positions.slice(i, i + BATCH);
}

/** What could be read at each position, and why the rest could not; in the order of the positions. */
async function readAll(
  positions: readonly number[],
  read: (position: number) => Promise<Float32Array>,
): Promise<{ samples: Map<number, Float32Array>; problems: Map<number, AudioError> }> {
  const readings = await Promise.all(
    positions.map((position) =>
      read(position).catch((error: unknown) => {
        if (error instanceof AudioError) return error;
        throw error;
      }),
    ),
  );
  const samples = new Map<number, Float32Array>();
  const problems = new Map<number, AudioError>();
  for (const [i, position] of positions.entries()) {
    const reading = readings[i]!;
    if (reading instanceof AudioError) problems.set(position, reading);
    else samples.set(position, reading);
  }
  return { samples, problems };
}

/** Computes the rows of a batch; the samples are cut or padded to a segment each. */
async function computeRows(
  session: FrontEndSession,
  samples: ReadonlyMap<number, Float32Array>,
  settings: FeatureSettings,
  rows: readonly Float32Array[],
): Promise<void> {
  if (samples.size === 0) return;
  const { samples: length, frames, bins } = session.frontEnd;
  const segments = new Float32Array(samples.size * length);
  for (const [i, recording] of [...samples.values()].entries()) {
    placeSamples(recording, segments.subarray(i * length, (i + 1) * length), settings.placement);
  }
  const features = await session.run(segments);
  for (const [i, position] of [...samples.keys()].entries()) {
    rows[position]!.set(features.subarray(i * frames * bins, (i + 1) * frames * bins));
  }
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const data = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  for (const [i, row] of rows.entries()) data.set(row, i * row.length);
  return data;
}
