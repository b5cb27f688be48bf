import { basename } from 'node:path';
import { type LeftOut, LeftOutTally } from '../../data/account/account.js';
import type { AudioProblem } from '../../data/audio/audio-error.js';
import type { Clip } from '../../data/clip.js';
import type { AddedFeatures } from '../../data/features/store/adding.js';
import { rowsByClip } from '../../data/segments/whole-clips.js';
import type { Recordings } from '../../data/splits/recordings.js';
import { countNoises, type LoadedCorpora, type LoadedCorpus, skippedNoise } from './load-corpora.js';

/** What computing features showed of clips. */
export interface FoundOut {
  /** Why clips cannot be used, by their sound without noise. */
  readonly unusable: ReadonlyMap<string, AudioProblem>;
  /** Why noises cannot be mixed in, by path. */
  readonly noises: ReadonlyMap<string, AudioProblem>;
  /** Whole files that sound the same when they are decoded. */
  readonly alike: readonly (readonly Clip[])[];
  /** What was heard of each clip, by its sound without noise. */
  readonly heard: ReadonlyMap<string, HeardClip>;
}

/** What features were computed from. */
export interface HeardClip {
  readonly id: string;
  /** Of the clip: samples at the features' rate, before they are cut or padded. */
  readonly length: number;
  /** The loudest sample of what is left then, of a full scale of 1. */
  readonly peak: number;
}

/** What a clip sounds like: two segments of one file, or one file with two noises, are two. */
export function soundOf({ path, start = 0, duration = -1, noise }: Clip): string {
  return JSON.stringify([path, start, duration, noise?.path, noise?.start, noise?.snr]);
}

function withoutNoise({ noise: _, ...clip }: Clip): Clip {
  return clip;
}

/** @param clips in the order in which their features were added */
export function findOut(
  clips: readonly Clip[],
  { keys, rows, problemOf }: Pick<AddedFeatures, 'keys' | 'rows' | 'problemOf'>,
): FoundOut {
  const unusable = new Map<string, AudioProblem>();
  const noises = new Map<string, AudioProblem>();
  const heard = new Map<string, HeardClip>();
  const sounds = new Map<string, Clip[]>();
  for (const [index, clip] of clips.entries()) {
    const problem = problemOf.get(index);
    if (problem !== undefined) {
      // The path may be that of another file with the same bytes.
      if (clip.noise?.path === problem.path) noises.set(problem.path, problem.reason);
      else unusable.set(soundOf(withoutNoise(clip.whole ?? clip)), problem.reason);
    }
    const row = rows.get(keys[index] ?? '');
    if (row === undefined) continue;
    heard.set(soundOf(withoutNoise(clip)), { id: clip.id, length: row.length, peak: row.peak });
  }
  for (const [clip, indices] of rowsByClip(clips)) {
    // A segment may be silence, and silence is like silence.
    if (clip.start !== undefined || clip.duration !== undefined || clip.noise !== undefined) continue;
    const parts = indices.flatMap((index) => rows.get(keys[index] ?? '') ?? []);
    if (parts.length < indices.length) continue;
    const sound = JSON.stringify(parts.map(({ digest, length }) => [digest, length]));
    const known = sounds.get(sound);
    if (known === undefined) sounds.set(sound, [clip]);
    else known.push(clip);
  }
  return { unusable, noises, alike: [...sounds.values()].filter(({ length }) => length > 1), heard };
}

/** What is known of an experiment's clips so far: those that can be used, and those that sound the same. */
export class Knowledge {
  #corpora: LoadedCorpora;
  readonly #alike: (readonly Clip[])[] = [];

  constructor(corpora: LoadedCorpora) {
    this.#corpora = corpora;
  }

  /** Without what cannot be used, which is counted. */
  get corpora(): LoadedCorpora {
    return this.#corpora;
  }

  get alike(): readonly (readonly Clip[])[] {
    return this.#alike;
  }

  /**
   * Takes in what was found out.
   *
   * @param recordings what was known to be one recording already
   * @returns whether there is something new, so that splits have to be drawn again
   */
  learn({ unusable, noises, alike }: FoundOut, recordings: Recordings): boolean {
    const unknown = alike.filter((clips) => recordings.group(clips).size > 1);
    this.#alike.push(...unknown);
    const isNew = unusable.size > 0 || noises.size > 0 || unknown.length > 0;
    const { target, tasks } = this.#corpora;
    this.#corpora = {
      target: without(target, unusable, noises),
      tasks: tasks.map((corpus) => corpus && without(corpus, unusable, noises)),
    };
    return isNew;
  }
}

function without(
  corpus: LoadedCorpus,
  unusable: ReadonlyMap<string, AudioProblem>,
  noises: ReadonlyMap<string, AudioProblem>,
): LoadedCorpus {
  const { account } = corpus;
  const leftOut = new LeftOutTally(account.leftOut);
  const clips = corpus.clips.filter((clip) => {
    const reason = unusable.get(soundOf(clip));
    if (reason !== undefined) leftOut.add('unusable', reason, clip.id);
    return reason === undefined;
  });
  const skipped = corpus.noises.flatMap(({ path }) => {
    const reason = noises.get(path);
    return reason === undefined ? [] : [skippedNoise(path, reason)];
  });
  const warnings = [...account.warnings, ...skipped];
  const left = corpus.noises.filter(({ path }) => !noises.has(path));
  const mixed = account.noises && {
    noises: countNoises(left, account.noises.levels, unusedNoises(corpus, account.noises.leftOut, noises)),
  };
  return {
    ...corpus,
    clips,
    noises: left,
    account: { ...account, used: clips.length, leftOut: leftOut.list(), warnings, ...mixed },
  };
}

/** What of the folder of noises is not mixed in, with what was found out. */
function unusedNoises(
  corpus: LoadedCorpus,
  before: readonly LeftOut[],
  found: ReadonlyMap<string, AudioProblem>,
): LeftOutTally {
  const unused = new LeftOutTally(before);
  for (const { path } of corpus.noises) {
    const reason = found.get(path);
    if (reason !== undefined) unused.add('unusable', reason, basename(path));
  }
  return unused;
}
