import { Random } from 'onnx-autograd/random';
import { leftOutParts } from '../../data/account/text.js';
import type { Clip } from '../../data/clip.js';
import { noiseType, noisyClips } from '../../data/corpora/noisy-clips.js';
import { columnKeptTogether, folds, makeSplit, type SplitContext } from '../../data/splits/make-split.js';
import { type GroupedRecordings, Recordings } from '../../data/splits/recordings.js';
import { type Split, SplitError } from '../../data/splits/split.js';
import { UserError } from '../../errors.js';
import type { Experiment, OrthogonalSettings } from '../config/schema.js';
import { splitSeedOf } from '../config/split-seed.js';
import { classesOf } from './classes.js';
import { type LoadedCorpora, type LoadedCorpus, loadCorpora } from './load-corpora.js';
import { type TaskSides, taskSides } from './task-sides.js';

/** The clips of one seed (and fold). */
export interface Repetition {
  readonly seed: number;
  readonly fold: number | undefined;
  readonly split: Split;
  /** Of each orthogonal task, in the experiment's order. */
  readonly tasks: readonly TaskClips[];
}

/** What an orthogonal network learns from. */
export interface TaskClips extends TaskSides {
  readonly settings: OrthogonalSettings;
  readonly classes: readonly string[];
}

export interface DrawnSplits {
  /** The column to learn. */
  readonly target: string;
  /** Labels of the target, in the order of the networks' outputs. */
  readonly classes: readonly string[];
  readonly repetitions: readonly Repetition[];
  /** What the clips were drawn from. */
  readonly corpora: LoadedCorpora;
  /** Which clips are one recording, and so on one side. */
  readonly recordings: Recordings;
  /** How many clips were kept together; labels are those of the target's corpus. */
  readonly grouped: GroupedRecordings;
}

/**
 * Loads the corpora and splits them for every seed (and fold). Reads names, not audio.
 *
 * @throws UserError when a corpus or a label column is not as the experiment says.
 */
export async function drawSplits(experiment: Experiment): Promise<DrawnSplits> {
  return drawFrom(experiment, await loadCorpora(experiment));
}

/**
 * Splits loaded corpora for every seed (and fold).
 *
 * @param alike clips that sound the same
 * @param known recordings of these clips and perhaps others
 * @throws UserError when the clips do not allow it; the message says what was left out, too.
 */
export function drawFrom(
  experiment: Experiment,
  corpora: LoadedCorpora,
  alike: readonly (readonly Clip[])[] = [],
  known?: Recordings,
): DrawnSplits {
  try {
    return drawAll(experiment, corpora, alike, known);
  } catch (error) {
    const leftOut = leftOutOf(corpora);
    if (!(error instanceof UserError) || leftOut.length === 0) throw error;
    const message = `${error.message} Of the recordings ${leftOut.join('; ')}.`;
    throw new UserError(message, { cause: error });
  }
}

/** What was found and might have been a clip, a part of a sentence each. */
function leftOutOf({ target, tasks }: LoadedCorpora): string[] {
  return [target, ...tasks].flatMap((corpus) =>
    leftOutParts(corpus?.account.leftOut.filter(({ reason }) => reason !== 'no-sound') ?? []),
  );
}

function drawAll(
  experiment: Experiment,
  corpora: LoadedCorpora,
  alike: readonly (readonly Clip[])[],
  known: Recordings | undefined,
): DrawnSplits {
  const { target, orthogonal, data } = experiment;
  const { group, noises } = corpora.target;
  const clips = heardClips(corpora.target, data, experiment);
  const ofTasks = orthogonal.map((settings, index) => {
    const own = corpora.tasks[index];
    return own && heardClips(own, settings.data ?? data, experiment);
  });
  const task = { target, orthogonal: orthogonal[0].column, noises, group };
  const all = [...clips, ...ofTasks.flatMap((other) => other ?? [])];
  const files = new Recordings(all, { alike, known });
  const column = columnKeptTogether(experiment.split, task);
  const recordings = column === undefined ? files : new Recordings(all, { alike, column, known: files });
  const context: SplitContext = { ...task, recordings };
  const seeds = Array.from({ length: experiment.seeds }, (_, i) => experiment.firstSeed + i);
  const repetitions = seeds.flatMap((seed) =>
    folds(experiment.split).map((fold): Repetition => {
      const random = new Random(splitSeedOf(experiment, seed)).fork('split');
      const drawn = ofSeed(seed, fold, () => makeSplit(clips, experiment.split, context, random, fold));
      const split = { ...drawn, description: [drawn.description, ...noiseSentence(noises, data)].join('; ') };
      const tasks = orthogonal.map((settings, index) => {
        const other = ofTasks[index];
        const sides = ofSeed(seed, fold, () => taskSides(settings, split, other, files, random));
        const classes = classesOf([...sides.train, ...sides.validation], settings.column);
        return { settings, classes, ...sides };
      });
      return { seed, fold, split, tasks };
    }),
  );
  const grouped = { ...recordings.grouped, groups: groupsAmong(clips, column) };
  return { target, classes: classesOf(clips, target), repetitions, corpora, recordings: files, grouped };
}

/** The labels that a split keeps together: of the corpus that is split, not of those that only orthogonal tasks have. */
function groupsAmong(clips: readonly Clip[], column: string | undefined): GroupedRecordings['groups'] {
  if (column === undefined) return undefined;
  const labels = new Set(clips.flatMap((clip) => clip.labels[column] ?? []));
  return { column, count: labels.size };
}

/**
 * The clips of a corpus as they are heard: with noise where it is mixed into all of them. A clip has one noise, whatever the
 * seed, as if it had been recorded so.
 */
function heardClips(
  { clips, noises }: LoadedCorpus,
  { noise, snr: levels, noisePart: part }: Experiment['data'],
  { features: { seconds } }: Pick<Experiment, 'features'>,
): readonly Clip[] {
  if (noise === null || levels === undefined) return clips;
  if (noises.length === 0) {
    throw new UserError(`No recording in the folder of noises "${noise}" can be mixed in: all are skipped.`);
  }
  return noisyClips(
    clips,
    noises,
    { levels, seconds, ...(part !== undefined && { part }) },
    new Random(0).fork('noise'),
  );
}

/** What is mixed into every clip, in words; nothing where nothing is. */
function noiseSentence(noises: LoadedCorpus['noises'], { snr }: Experiment['data']): string[] {
  if (snr === undefined) return [];
  return [`noise in every clip: ${[...new Set(noises.map(noiseType))].join(', ')} at ${snr.join(', ')} dB`];
}

/** What is drawn for a seed; an error says which. */
function ofSeed<T>(seed: number, fold: number | undefined, draw: () => T): T {
  try {
    return draw();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const what = `Seed ${seed}${fold === undefined ? '' : `, fold ${fold}`}: ${error.message}`;
    throw error instanceof SplitError
      ? new SplitError(what, { cause: error })
      : new UserError(what, { cause: error });
  }
}
