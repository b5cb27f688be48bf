import { Random } from 'onnx-autograd/random';
import type { CorpusAccount } from '../../data/account/account.js';
import type { Clip } from '../../data/clip.js';
import { listNoises } from '../../data/corpora/add-noise.js';
import { loadCorpus } from '../../data/corpora/registry.js';
import { type SelectedClips, selectClips } from '../../data/corpora/select-clips.js';
import { folds, makeSplit, type SplitContext } from '../../data/splits/make-split.js';
import { splits } from '../../data/splits/registry.js';
import type { Split } from '../../data/splits/split.js';
import { UserError } from '../../errors.js';
import { naturalOrder } from '../../numbers/order.js';
import type { DataSettings, Experiment, OrthogonalSettings } from '../config/schema.js';

/** The clips of one seed (and fold). */
export interface Repetition {
  readonly seed: number;
  readonly fold: number | undefined;
  readonly split: Split;
  /** Of each orthogonal task, in the experiment's order. */
  readonly tasks: readonly TaskClips[];
}

/** What an orthogonal network learns from. */
export interface TaskClips {
  readonly settings: OrthogonalSettings;
  readonly classes: readonly string[];
  readonly train: readonly Clip[];
  readonly validation: readonly Clip[];
}

export interface DrawnSplits {
  /** Labels of the target, in the order of the networks' outputs. */
  readonly classes: readonly string[];
  readonly repetitions: readonly Repetition[];
  /** What became of what each corpus holds: the target's, then those that orthogonal tasks have for themselves. */
  readonly corpora: readonly CorpusAccount[];
}

/**
 * Loads the corpora and splits them for every seed (and fold). Reads names, not audio.
 *
 * @throws UserError when a corpus or a label column is not as the experiment says.
 */
export async function drawSplits(experiment: Experiment): Promise<DrawnSplits> {
  const { data, target, orthogonal } = experiment;
  const { clips: corpus, account } = await loadClips(data, 'data', [
    target,
    ...orthogonal.flatMap((task) => (task.data ? [] : task.column)),
    ...(splits.find(experiment.split.kind).columns?.(experiment.split) ?? []),
  ]);
  const loaded = await Promise.all(
    orthogonal.map((task) =>
      task.data ? loadClips(task.data, `orthogonal "${task.name}"`, [task.column]) : undefined,
    ),
  );
  const others = loaded.map((other) => other?.clips);
  const noises = data.noise === null ? [] : await listNoises(data.noise);
  const context: SplitContext = { target, orthogonal: orthogonal[0].column, noises };
  const seeds = Array.from({ length: experiment.seeds }, (_, i) => experiment.firstSeed + i);
  const repetitions = seeds.flatMap((seed) =>
    folds(experiment.split).map((fold): Repetition => {
      const random = new Random(seed).fork('split');
      const split = makeSplit(corpus, experiment.split, context, random, fold);
      const tasks = orthogonal.map((settings, task) => {
        const { column } = settings;
        const { train, validation } = taskSides(split, others[task], column, random);
        return { settings, classes: classesOf([...train, ...validation], column), train, validation };
      });
      return { seed, fold, split, tasks };
    }),
  );
  const accounts = [account, ...loaded.flatMap((other) => other?.account ?? [])];
  return { classes: classesOf(corpus, target), repetitions, corpora: accounts };
}

/** @param of what is asked for the clips, for messages */
async function loadClips(data: DataSettings, of: string, columns: readonly string[]): Promise<SelectedClips> {
  const { corpus: name, path } = data;
  if (path === null) {
    throw new UserError(`${of}: the corpus "${name}" needs a path: where are the recordings?`);
  }
  const corpus = await loadCorpus(name, path, data);
  // Noise is mixed in by the split, which names it then.
  const used = [...new Set(columns)].filter((column) => data.noise === null || column !== 'noise');
  try {
    return selectClips(corpus, used, data);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${of}, "${path}": ${error.message}`, { cause: error });
  }
}

function classesOf(clips: readonly Clip[], column: string): string[] {
  const found = new Set(clips.flatMap((clip) => clip.labels[column] ?? []));
  return [...found].sort(naturalOrder);
}

/** The clips of an orthogonal network: those that the split sets aside, or the training clips, or another corpus. */
function taskSides(
  split: Split,
  other: readonly Clip[] | undefined,
  column: string,
  random: Random,
): Pick<TaskClips, 'train' | 'validation'> {
  if (other === undefined && split.penalty) return split.penalty;
  const clips = other ?? split.train;
  const [only, second] = classesOf(clips, column);
  if (other === undefined && only !== undefined && second === undefined) {
    throw new UserError(
      `All training clips of this split have the ${column} "${only}", so no network can learn the ${column} from them. ` +
        `Bring clips of more ${column} labels, or choose a split that leaves the training side two or more.`,
    );
  }
  const settings = { kind: 'stratified', fractions: { train: 0.8, validation: 0.1, test: 0.1 } } as const;
  const task = { target: column, orthogonal: column };
  const { train, validation, test } = makeSplit(clips, settings, task, random.fork(column));
  return { train, validation: [...validation, ...test] };
}
