import type { AudioError } from '../audio/audio-error.js';
import type { Clip } from '../clip.js';
import type { Progress } from '../progress.js';
import { type ComputeOptions, computeFeatures } from './compute.js';
import { buildFrontEnd } from './front-end.js';
import type { FeatureSettings } from './settings.js';
import type { FeatureSet } from './store/feature-set.js';
import { distinctProblems, UnusableRecordingsError } from './unusable-recordings.js';

export interface ExtractOptions extends ComputeOptions {
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
  const data = new Float32Array(clips.length * frames * bins);
  const rows = clips.map((_, i) => data.subarray(i * frames * bins, (i + 1) * frames * bins));
  onProgress?.({ done: 0, total: clips.length });
  const problems = new Map<number, AudioError>();
  let done = 0;
  for await (const batch of computeFeatures(clips, [...clips.keys()], frontEnd, settings, options)) {
    for (const [position, problem] of batch.problems) problems.set(position, problem);
    for (const [position, row] of batch.rows) rows[position]!.set(row);
    done += batch.rows.size + batch.problems.size;
    onProgress?.({ done, total: clips.length });
  }

  const distinct = distinctProblems(problems);
  if (distinct.length > 0 && onProblem === 'fail') throw new UnusableRecordingsError(distinct);
  const usable = [...clips.keys()].filter((position) => !problems.has(position));
  return {
    shape: [1, frames, bins],
    data: problems.size === 0 ? data : joined(usable.map((position) => rows[position]!)),
    clips: usable.map((position) => clips[position]!),
    problems: distinct,
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const data = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  for (const [i, row] of rows.entries()) data.set(row, i * row.length);
  return data;
}
