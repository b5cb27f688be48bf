import { type CorpusAccount, LeftOutTally, type NoiseAccount } from '../../data/account/account.js';
import type { AudioError, AudioProblem } from '../../data/audio/audio-error.js';
import type { Clip } from '../../data/clip.js';
import { listNoises, type NoiseRecording } from '../../data/corpora/add-noise.js';
import { noiseColumns, noiseType } from '../../data/corpora/noisy-clips.js';
import { loadCorpus } from '../../data/corpora/registry.js';
import { selectClips } from '../../data/corpora/select-clips.js';
import { splits } from '../../data/splits/registry.js';
import { UserError } from '../../errors.js';
import { sum } from '../../numbers/mean.js';
import type { DataSettings, Experiment } from '../config/schema.js';
import { requireThere } from './missing-corpora.js';

/** The clips of a corpus that an experiment asks for. */
export interface LoadedCorpus {
  readonly clips: readonly Clip[];
  readonly account: CorpusAccount;
  /** Label column whose labels splits at random keep together. */
  readonly group: string | undefined;
  /** Recordings to be mixed in. */
  readonly noises: readonly NoiseRecording[];
}

/** A label column, and the key of the configuration that names it. */
type UsedColumn = readonly [column: string, key: string];

/** Everything that an experiment's clips come from. */
export interface LoadedCorpora {
  readonly target: LoadedCorpus;
  /** Of each orthogonal task: its own corpus, where it has one. */
  readonly tasks: readonly (LoadedCorpus | undefined)[];
}

/**
 * Loads the corpora of an experiment. Reads names, not audio (but for noises).
 *
 * @throws UserError when a corpus, a label column or a label is not as the experiment says; of corpora that are not there
 *   with all of them.
 */
export async function loadCorpora(experiment: Experiment): Promise<LoadedCorpora> {
  const { data, orthogonal, split } = experiment;
  await requireThere([data, ...orthogonal.flatMap((task) => task.data ?? [])]);
  return {
    target: await loadClips(data, 'data', columnsOf(experiment), levelsOf(split)),
    tasks: await Promise.all(
      orthogonal.map(({ data: own, name, column }, task) =>
        own ? loadClips(own, `orthogonal "${name}"`, [[column, keyOfTask(task)]]) : undefined,
      ),
    ),
  };
}

/** The label columns that are read of the target's clips, each with the key that names it. */
function columnsOf({ target, orthogonal, split }: Experiment): UsedColumn[] {
  const ofSplit = splits.find(split.kind).columns?.(split) ?? [];
  const keyOf = (column: string) =>
    Object.entries(split).find(([, value]) => value === column)?.[0] ?? 'kind';
  return [
    [target, 'target'],
    ...orthogonal.flatMap(({ data, column }, task): UsedColumn[] =>
      data ? [] : [[column, keyOfTask(task)]],
    ),
    ...ofSplit.map((column): UsedColumn => [column, `split.${keyOf(column)}`]),
  ];
}

function keyOfTask(task: number): string {
  return `orthogonal[${task}].column`;
}

/** The signal-to-noise ratios at which a split mixes noise in, in words. */
function levelsOf(split: Experiment['split']): string | undefined {
  return split.kind === 'confounded-noise' ? `${split.snr.low} to ${split.snr.high}` : undefined;
}

/**
 * The clips of one corpus that are asked for.
 *
 * @param of what is asked for them, for messages
 * @param columns that are used, with the keys of the configuration that name them
 * @param levels at which the split mixes noise in, in words, where it does
 * @throws UserError when the corpus, a label column or a label is not as the settings say
 */
export async function loadClips(
  data: DataSettings,
  of: string,
  columns: readonly UsedColumn[],
  levels = data.snr?.join(', '),
): Promise<LoadedCorpus> {
  const { corpus: name, path } = data;
  if (path === null) {
    throw new UserError(`${of}: the corpus "${name}" needs a path: where are the recordings?`);
  }
  const corpus = await loadCorpus(name, path, data);
  // Noise is mixed in later, and named then: with its level, but by a split.
  const later: readonly string[] = data.noise === null ? [] : data.snr ? noiseColumns : ['noise'];
  // Of several keys that name one column the first.
  const keys = new Map(columns.toReversed());
  const used = [...new Set(columns.map(([column]) => column))].filter((column) => !later.includes(column));
  try {
    const { clips, account } = selectClips(corpus, used, data, keys);
    const skipped: string[] = [];
    const skip = ({ path: noise, reason }: AudioError) => skipped.push(skippedNoise(noise, reason));
    const unread = new LeftOutTally();
    const noises =
      data.noise === null
        ? []
        : await listNoises(data.noise, data.problems === 'skip' ? skip : undefined, unread);
    const warnings = [...account.warnings, ...skipped];
    const mixed = levels !== undefined &&
      noises.length > 0 && { noises: countNoises(noises, levels, unread) };
    return { clips, account: { ...account, warnings, ...mixed }, group: corpus.group, noises };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${of}, "${path}": ${error.message}`, { cause: error });
  }
}

/** Counts what is mixed in, and what of the folder of noises is not. */
export function countNoises(
  noises: readonly NoiseRecording[],
  levels: string,
  unread: LeftOutTally,
): NoiseAccount {
  const counts = new Map<string, number>();
  for (const type of noises.map(noiseType)) counts.set(type, (counts.get(type) ?? 0) + 1);
  const types = [...counts].map(([name, recordings]) => ({ name, recordings }));
  const leftOut = unread.list();
  return { types, levels, found: sum([noises.length, ...leftOut.map(({ count }) => count)]), leftOut };
}

/** What is said of a noise that is left out. */
export function skippedNoise(path: string, reason: AudioProblem): string {
  return `The noise "${path}" is ${reason} and skipped.`;
}
