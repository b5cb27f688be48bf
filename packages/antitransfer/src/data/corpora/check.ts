import { entryOf } from '../../lookup.js';
import type { AudioError, AudioProblem } from '../audio/audio-error.js';
import { noiseProblem } from '../audio/segment-problem.js';
import type { Clip } from '../clip.js';
import type { Progress } from '../progress.js';
import { type CheckOptions, type Finding, Inspector } from './inspector.js';

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

/** Something about a recording that is odd and does no harm. */
export interface FileNote {
  readonly path: string;
  /** A sentence without a point. */
  readonly note: string;
}

/** A recording that cannot be used. */
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
 * takes the channel, resamples it, cuts clips into windows, computes features. Lists the files with which that cannot be
 * done, the segments that lie outside of their files, and clips in which there is nothing to hear.
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
  const clipsOf = new Map<string, Clip[]>(paths.map((path) => [path, []]));
  for (const clip of clips) entryOf(clipsOf, clip.path).push(clip);
  const inspector = await Inspector.open(options);
  const work = async () => {
    for (const path of waiting) {
      signal?.throwIfAborted();
      findings.set(path, await inspector.inspect(path, entryOf(clipsOf, path)));
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
  for (const { clip, problem } of findings.flatMap(({ clipProblems = [] }) => clipProblems)) {
    add(problem, [clip]);
  }
  for (const clip of clips) {
    const noiseDuration = durations.get(clip.noise?.path ?? '');
    const problem = noiseDuration !== undefined && noiseProblem(clip, noiseDuration);
    if (problem) add(problem, [clip]);
  }
  const mostFrequentFirst = new Map([...sampleRates].sort((a, b) => b[1] - a[1] || a[0] - b[0]));
  return { files: findings.length, problems, notes, durations, sampleRates: mostFrequentFirst };
}
