import { Random } from 'onnx-autograd/random';
import type { Clip } from '../../data/clip.js';
import { listNoises } from '../../data/corpora/add-noise.js';
import { loadCorpus } from '../../data/corpora/registry.js';
import { folds, makeSplit, type SplitContext } from '../../data/splits/make-split.js';
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
}

/**
 * Loads the corpora and splits them for every seed (and fold). Reads names, not audio.
 *
 * @throws UserError when a corpus or a label column is not as the experiment says.
 */
export async function drawSplits(experiment: Experiment): Promise<DrawnSplits> {
  const { data, target, orthogonal } = experiment;
  const corpus = await loadClips(data, [
    target,
    ...orthogonal.flatMap((task) => (task.data ? [] : task.column)),
  ]);
  const others = await Promise.all(
    orthogonal.map((task) => (task.data ? loadClips(task.data, [task.column]) : undefined)),
  );
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
  return { classes: classesOf(corpus, target), repetitions };
}

async function loadClips(data: DataSettings, columns: readonly string[]): Promise<readonly Clip[]> {
  if (data.path === null) {
    throw new UserError(`data.path: the corpus "${data.corpus}" needs a path: where are the recordings?`);
  }
  const { clips } = await loadCorpus(data.corpus, data.path, data);
  const known = new Set(clips.flatMap((clip) => Object.keys(clip.labels)));
  for (const column of columns) {
    // Noise is mixed in by the split, which names it then.
    if (known.has(column) || column === 'noise') continue;
    throw new UserError(
      `The clips of "${data.path}" have no label "${column}"; labels are ${[...known].join(', ')}.`,
    );
  }
  return clips;
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
