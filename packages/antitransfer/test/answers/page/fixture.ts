import type { Random } from 'onnx-autograd';
import type { ComparisonResults, MethodDescription, OrthogonalTask } from '../../../src/answers/results.js';
import { accountFixture } from './account-fixture.js';
import { DIGITS, FSDD_METHODS, type MethodFixture, SPEAKERS, type TaskFixture } from './fsdd.js';
import { runFixture } from './run-fixture.js';
import { sampleFixture } from './sample-fixture.js';

export interface ResultsFixture {
  readonly seeds?: number;
  readonly folds?: number;
  readonly epochs?: number;
  readonly clips?: number;
  readonly classes?: readonly string[];
  /** Standard deviation of accuracy between seeds beyond what they share. */
  readonly noise?: number;
  readonly methods?: readonly MethodFixture[];
  readonly removable?: number;
  /** Whether seeds draw splits of their own. */
  readonly redrawn?: boolean;
  /** How many splits the seeds share; each has its own when absent. */
  readonly splits?: number;
  /** Names of orthogonal tasks beside `speaker`, each with the columns and numbers of its own. */
  readonly otherTasks?: readonly TaskFixture[];
  /** What a penalty is about; the speaker where a method is not named. */
  readonly forgets?: Readonly<Record<string, readonly string[]>>;
}

/** A comparison as `antitransfer compare` would leave it, made up from a few numbers. */
export function comparisonFixture(random: Random, options: ResultsFixture = {}): ComparisonResults {
  const methods = options.methods ?? FSDD_METHODS;
  const classes = options.classes ?? DIGITS;
  const { seeds = 7, folds, epochs = 30, clips = 200, noise = 0.015, splits = seeds } = options;
  const foldsOfSeed = folds === undefined ? [undefined] : Array.from({ length: folds }, (_, fold) => fold);
  const repetitions = Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    foldsOfSeed.map((fold) => ({ seed, fold, shared: 0.03 * random.normal() })),
  );
  const others = options.otherTasks ?? [];
  const taskOf = (
    name: string,
    column: string,
    columnClasses: readonly string[],
    removable: number,
  ): OrthogonalTask => ({
    name,
    column,
    classes: columnClasses,
    chance: 1 / columnClasses.length,
    network: {
      accuracies: repetitions.map(() => 0.97 + 0.01 * random.uniform()),
      chance: 1 / columnClasses.length,
      given: false,
    },
    removable: {
      cka: repetitions.map(() => removable + 0.02 * random.normal()),
      threshold: 0.2,
      calibrated: true,
    },
  });
  return {
    version: 3,
    name: 'FSDD digits, confounded by speaker',
    createdAt: '2026-03-14T09:26:53.000Z',
    config: {
      corpus: { name: 'fsdd', path: 'data/fsdd' },
      network: { name: 'vgg-small' },
      training: { optimizer: 'adam', learningRate: 0.001, batch: 32, epochs, patience: 5 },
      methods: methods.map(({ id }) => id),
    },
    environment: { antitransfer: '0.1.0', node: '20.20.0', cpu: 'AMD EPYC 9R14', threads: '2' },
    target: { column: 'digit', classes, chance: 0.1 },
    tasks: [
      taskOf('speaker', 'speaker', SPEAKERS, options.removable ?? 0.82),
      ...others.map((task) => taskOf(task.name, task.column, task.classes, task.removable)),
    ],
    split: {
      description: 'confounded: each of 5 speakers owns 2 digits in training (strength 0.9)',
      redrawn: options.redrawn ?? false,
      counts: { train: 360, validation: 90, test: 500, penalty: 400 },
    },
    data: accountFixture(classes, repetitions),
    methods: methods.map((method) => {
      const { id, label, description, control, published, penalised, own = false } = method;
      const forgets = options.forgets?.[id] ?? (penalised ? ['speaker'] : []);
      return {
        id,
        label,
        description,
        control,
        published,
        own,
        objectives: method.objectives ?? forgets.map((task) => similarityFixture(task, published)),
        forgets,
      };
    }),
    failed: [],
    runs: methods.flatMap((method) =>
      repetitions.map(({ seed, fold, shared }) =>
        runFixture(random, method, {
          others,
          seed,
          fold,
          ...(options.redrawn && seed > splits && { splitSeed: 1 + ((seed - 1) % splits) }),
          epochs,
          clips,
          classes,
          offset: shared + noise * random.normal(),
        }),
      ),
    ),
    repetitions: { done: repetitions.length, asked: repetitions.length },
    seconds: 754,
    samples: [7, 3, 0, 16].map((clip) => sampleFixture(random, clip)),
  };
}

/** An anti-transfer penalty on clips of its own. */
function similarityFixture(forgets: string, published: boolean): MethodDescription['objectives'][number] {
  return {
    kind: 'similarity',
    description: 'Anti-transfer: the likeness with a frozen network',
    paper: 'Guizzo, Weyde, Tarroni 2020, arXiv 2006.06494',
    published,
    similarity: published ? 'squared-cosine' : 'correlation',
    seesLabels: false,
    clips: published ? 'batch' : 'auxiliary',
    forgets,
  };
}
