import { entryOf } from '../../lookup.js';
import { AudioError, type AudioProblem } from '../audio/audio-error.js';
import { decodeAudioFile } from '../audio/decode.js';
import { noiseProblem, segmentProblem } from '../audio/segment-problem.js';
import type { Clip } from '../clip.js';
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
  /** Seconds of each decodable file, by its path. */
  readonly durations: ReadonlyMap<string, number>;
  /** Number of decodable files at each sample rate in Hz, the most frequent first. */
  readonly sampleRates: ReadonlyMap<number, number>;
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
 * Decodes every file of the clips once and lists those that are missing, unreadable, empty, truncated or silent, and
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
): Promise<FileCheck> {
  const paths = [
    ...new Set(clips.flatMap(({ path, noise }) => (noise ? [path, noise.path] : [path]))),
  ].sort();
  const findings = new Map<string, Finding>();
  const waiting = paths.values();
  const work = async () => {
    for (const path of waiting) {
      signal?.throwIfAborted();
      findings.set(path, await inspect(path));
      onProgress?.({ done: findings.size, total: paths.length });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return summarise(
    clips,
    paths.map((path) => ({ path, ...entryOf(findings, path) })),
  );
}

interface Finding {
  readonly duration?: number;
  readonly sampleRate?: number;
  readonly problem?: AudioError;
}

async function inspect(path: string): Promise<Finding> {
  try {
    const { samples, sampleRate } = await decodeAudioFile(path);
    const duration = samples.length / sampleRate;
    if (samples.some((sample) => Math.abs(sample) >= SILENT_PEAK)) return { duration, sampleRate };
    const detail = `none of its ${samples.length} samples reaches ${SILENT_PEAK} of full scale. Record it again.`;
    return { duration, sampleRate, problem: new AudioError(path, 'silent', detail) };
  } catch (error) {
    if (error instanceof AudioError) return { problem: error };
    throw error;
  }
}

function summarise(clips: readonly Clip[], findings: readonly (Finding & { path: string })[]): FileCheck {
  const durations = new Map<string, number>();
  const sampleRates = new Map<number, number>();
  const problems: FileProblem[] = [];
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
  return { files: findings.length, problems, durations, sampleRates: mostFrequentFirst };
}
