import type { AudioError } from '../audio/audio-error.js';
import type { Clip } from '../clip.js';
import type { Progress } from '../progress.js';
import { type ComputeOptions, computeFeatures } from './compute.js';
import { buildFrontEnd } from './front-end.js';
import type { FeatureSettings } from './settings.js';
import type { FeatureSet } from './store/feature-set.js';
import { distinctProblems, UnusableRecordingsError } from './unusable-recordings.js';

/** How features of a corpus are computed, and what becomes of recordings that cannot be used. */
export interface ExtractOptions extends ComputeOptions {
  /** How many clips have their features, or cannot be used. */
  readonly onProgress?: (progress: Progress) => void;
  /** What to do about recordings that cannot be used, once all were looked at: `fail` when absent. */
  readonly onProblem?: 'fail' | 'skip';
}

/**
 * The features of clips, in memory; {@link FeatureStore} keeps them on disk.
 *
 * ```ts
 * const { shape, data } = await extractFeatures(corpus.clips, featurePresets.pilot);
 * data.length; // clips * shape[1] * shape[2]
 * ```
 *
 * @throws UnusableRecordingsError when some cannot be used and they are not to be skipped
 * @throws UserError when there are too many mel bands for the window
 * @throws the signal's reason when it aborts
 */
export async function extractFeatures(
  clips: readonly Clip[],
  settings: FeatureSettings,
  options: ExtractOptions = {},
): Promise<FeatureSet> {
  const { onProgress, onProblem = 'fail' } = options;
  const frontEnd = buildFrontEnd(settings);
  const { frames, bins } = frontEnd;
  const rowLength = frames * bins;
  const data = new Float32Array(clips.length * rowLength);
  onProgress?.({ done: 0, total: clips.length });
  const problems = new Map<number, AudioError>();
  let done = 0;
  for await (const batch of computeFeatures(clips, [...clips.keys()], frontEnd, settings, options)) {
    for (const [index, problem] of batch.problems) problems.set(index, problem);
    for (const [index, row] of batch.rows) data.set(row, index * rowLength);
    done += batch.rows.size + batch.problems.size;
    onProgress?.({ done, total: clips.length });
  }

  const distinct = distinctProblems(problems);
  if (distinct.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(distinct);
  const usable = [...clips.keys()].filter((index) => !problems.has(index));
  return {
    shape: [1, frames, bins],
    data: problems.size === 0 ? data : rowsOf(data, rowLength, usable),
    clips: clips.filter((_, index) => !problems.has(index)),
    problems: distinct,
  };
}

function rowsOf(data: Float32Array, rowLength: number, indices: readonly number[]): Float32Array {
  const rows = new Float32Array(indices.length * rowLength);
  for (const [i, index] of indices.entries()) {
    rows.set(data.subarray(index * rowLength, (index + 1) * rowLength), i * rowLength);
  }
  return rows;
}
