import type { Random } from 'onnx-autograd';
import { accuracyByGroup } from '../../../src/analysis/scores.js';
import type {
  ComparisonResults,
  EpochMetrics,
  MethodDescription,
  OrthogonalTask,
  Prediction,
  RunResult,
  SampleClip,
  TaskResult,
} from '../../../src/answers/results.js';
import type { DataAccount } from '../../../src/data/account/account.js';

/** What the made-up runs of one method look like. Accuracies and CKA in [0, 1]. */
export interface MethodFixture
  extends Omit<MethodDescription, 'forgets' | 'objectives' | 'own'>,
    Partial<Pick<MethodDescription, 'own' | 'objectives'>> {
  readonly accuracy: number;
  readonly probe: number;
  readonly cka: number;
  readonly penalised: boolean;
}

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
  /** Names of orthogonal tasks beside `speaker`, each with the columns and numbers of its own. */
  readonly otherTasks?: readonly TaskFixture[];
  /** What a penalty is about; the speaker where a method is not named. */
  readonly forgets?: Readonly<Record<string, readonly string[]>>;
}

/** Another orthogonal task, and what the methods' networks know of it. */
export interface TaskFixture {
  readonly name: string;
  readonly column: string;
  readonly classes: readonly string[];
  readonly removable: number;
  /** By the method's id; 0.5 where it is not named. */
  readonly cka?: Readonly<Record<string, number>>;
  readonly probe?: Readonly<Record<string, number>>;
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const SPEAKERS = ['george', 'jackson', 'lucas', 'nicolas', 'theo'];

/** Numbers like those of the confounded FSDD digits. */
export const FSDD_METHODS: readonly MethodFixture[] = [
  {
    id: 'none',
    label: 'no transfer',
    description: 'Cross-entropy only.',
    control: false,
    published: false,
    accuracy: 0.425,
    probe: 0.78,
    cka: 0.82,
    penalised: false,
  },
  {
    id: 'weight-initialisation',
    label: 'weight initialisation',
    description: 'Starts from the weights of the speaker network.',
    control: false,
    published: true,
    accuracy: 0.36,
    probe: 0.86,
    cka: 0.9,
    penalised: false,
  },
  {
    id: 'gram',
    label: 'Gram, squared cosine',
    description: 'Penalises the squared cosine of batch-wide Gram matrices.',
    control: false,
    published: true,
    accuracy: 0.395,
    probe: 0.77,
    cka: 0.74,
    penalised: true,
  },
  {
    id: 'correlation-auxiliary',
    label: 'correlation, auxiliary clips',
    description: 'Penalises the squared correlation of every pair of channels, on clips of its own.',
    control: false,
    published: false,
    accuracy: 0.585,
    probe: 0.41,
    cka: 0.19,
    penalised: true,
  },
  {
    id: 'correlation-shuffled',
    label: 'correlation, shuffled features',
    description: 'The same penalty, with the frozen features of other clips.',
    control: true,
    published: false,
    accuracy: 0.43,
    probe: 0.75,
    cka: 0.78,
    penalised: true,
  },
];

/** What became of the corpus: a little of everything. */
function accountFixture(
  classes: readonly string[],
  repetitions: readonly { readonly seed: number; readonly fold: number | undefined }[],
): DataAccount {
  return {
    corpora: [
      {
        corpus: 'fsdd',
        unit: 'files',
        found: 1003,
        used: 1000,
        leftOut: [{ reason: 'unusable', what: 'empty', count: 3, examples: ['<b>7</b>_theo_4.wav'] }],
        renamed: [],
        warnings: [],
      },
    ],
    lengths: {
      segment: 0.8,
      loses: 'end',
      clips: 1000,
      cut: 17,
      padded: 983,
      shortest: 0.144,
      longest: 2.283,
    },
    grouped: { shared: { files: 0, clips: 0 }, copies: 1, alike: 0 },
    repetitions: repetitions.map(({ seed, fold }) => ({
      seed,
      ...(fold !== undefined && { fold }),
      description: 'confounded',
      train: 360,
      validation: 90,
      test: 500,
      unused: 50,
      classes: classes.map((label, index) => ({
        label,
        train: 36 + ((index + seed) % 2),
        validation: 9,
        test: 50,
      })),
      tasks: [],
    })),
  };
}

/** A comparison as `antitransfer compare` would leave it, made up from a few numbers. */
export function comparisonFixture(random: Random, options: ResultsFixture = {}): ComparisonResults {
  const methods = options.methods ?? FSDD_METHODS;
  const classes = options.classes ?? DIGITS;
  const { seeds = 7, folds, epochs = 30, clips = 200, noise = 0.015 } = options;
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
    removable: { cka: repetitions.map(() => removable + 0.02 * random.normal()), threshold: 0.1 },
  });
  return {
    version: 2,
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

interface Circumstances {
  readonly others: readonly TaskFixture[];
  readonly seed: number;
  readonly fold: number | undefined;
  readonly epochs: number;
  readonly clips: number;
  readonly classes: readonly string[];
  readonly offset: number;
}

function runFixture(random: Random, method: MethodFixture, circumstances: Circumstances): RunResult {
  const accuracy = Math.min(1, Math.max(0, method.accuracy + circumstances.offset));
  const epochs = circumstances.epochs - random.integer(0, Math.floor(circumstances.epochs / 3));
  const known = {
    cka: method.cka + 0.03 * random.normal(),
    probe: { accuracy: method.probe + 0.03 * random.normal(), chance: 0.2 },
  };
  const predictions = Array.from({ length: circumstances.clips }, (_, index) =>
    predictionFixture(random, accuracy, circumstances, index),
  );
  return {
    method: method.id,
    seed: circumstances.seed,
    fold: circumstances.fold,
    bestEpoch: Math.max(1, epochs - 5),
    seconds: 14 + random.uniform(),
    test: {
      accuracy,
      macroF1: Math.max(0, accuracy - 0.012),
      balancedAccuracy: Math.max(0, accuracy - 0.004),
      crossEntropy: 2.4 - 2 * accuracy,
      contradicting: { accuracy: Math.max(0, accuracy - 0.11), count: 400 },
    },
    tasks: [
      { name: 'speaker', ...known, groups: groupsFixture(predictions, 'speaker') },
      ...circumstances.others.map(({ name, classes, cka, probe }) => ({
        name,
        cka: (cka?.[method.id] ?? 0.5) + 0.03 * random.normal(),
        probe: {
          accuracy: (probe?.[method.id] ?? 0.5) + 0.03 * random.normal(),
          chance: 1 / classes.length,
        },
        groups: groupsFixture(predictions, name),
      })),
    ],
    epochs: Array.from({ length: epochs }, (_, index) =>
      epochFixture(random, method, { accuracy, epoch: index + 1, others: circumstances.others }),
    ),
    predictions,
  };
}

function groupsFixture(predictions: readonly Prediction[], task: string): TaskResult['groups'] {
  if (predictions.length === 0) return [];
  return accuracyByGroup(predictions, ({ orthogonal }) => orthogonal[task]!).groups;
}

function epochFixture(
  random: Random,
  method: MethodFixture,
  {
    accuracy,
    epoch,
    others,
  }: { readonly accuracy: number; readonly epoch: number; readonly others: readonly TaskFixture[] },
): EpochMetrics {
  const learned = 1 - Math.exp(-epoch / 7);
  const jitter = 0.02 * random.normal();
  return {
    epoch,
    learningRate: 0.0005 * (1 + Math.cos((Math.PI * epoch) / 30)),
    train: {
      crossEntropy: 2.3 - 2.05 * learned + jitter,
      objectives: method.penalised
        ? { 'conv4_1 speaker': 0.22 * Math.exp(-epoch / 5) + 0.012 + jitter / 10 }
        : {},
      accuracy: Math.min(1, 0.1 + 0.88 * learned),
    },
    validation: {
      crossEntropy: 2.3 - 1.9 * accuracy * learned + 0.012 * epoch + jitter,
      accuracy: 0.1 + (accuracy - 0.1) * learned + jitter,
    },
    measures: {
      'cka.speaker': 0.3 + (method.cka - 0.3) * learned + jitter,
      ...Object.fromEntries(
        others.map(({ name, cka }) => [
          `cka.${name}`,
          0.3 + ((cka?.[method.id] ?? 0.5) - 0.3) * learned + jitter,
        ]),
      ),
    },
    seconds: 0.45,
  };
}

function predictionFixture(
  random: Random,
  accuracy: number,
  { classes, others }: Circumstances,
  index: number,
): Prediction {
  const truth = index % classes.length;
  const predicted =
    random.uniform() < accuracy ? truth : (truth + random.pick([1, 1, 3, 5])) % classes.length;
  const rest = 0.4 / (classes.length - 1);
  return {
    clip: `${classes[truth]}_${SPEAKERS[index % 5]}_${index}.wav`,
    truth: classes[truth]!,
    predicted: classes[predicted]!,
    orthogonal: {
      speaker: SPEAKERS[index % 5]!,
      ...Object.fromEntries(others.map((task) => [task.name, task.classes[index % task.classes.length]!])),
    },
    probabilities: classes.map((_, at) => (at === predicted ? 0.6 : rest)),
  };
}

/** Half a second of a gliding vowel, and a spectrogram with its formants. */
function sampleFixture(random: Random, clip: number): SampleClip {
  const digit = DIGITS[clip % 10]!;
  const speaker = SPEAKERS[clip % 5]!;
  const rate = 8000;
  const frames = 60;
  const bins = 64;
  const pitch = 90 + 80 * random.uniform();
  const samples = Array.from({ length: rate / 2 }, (_, at) => {
    const envelope = Math.sin((Math.PI * at) / (rate / 2)) ** 2;
    const phase = (2 * Math.PI * pitch * at) / rate;
    return envelope * (0.5 * Math.sin(phase) + 0.3 * Math.sin(4 * phase) + 0.2 * Math.sin(9 * phase));
  });
  const formants = [0.12, 0.3, 0.55].map((height) => height + 0.1 * random.uniform());
  const values = Array.from({ length: frames * bins }, (_, at) => {
    const frame = Math.floor(at / bins) / frames;
    const bin = (at % bins) / bins;
    const voice = formants.reduce(
      (sum, formant) => sum + Math.exp(-(((bin - formant - 0.08 * Math.sin(5 * frame)) / 0.04) ** 2)),
      0,
    );
    return 3 * Math.sin(Math.PI * frame) * voice - 0.8 + 0.25 * random.normal();
  });
  return {
    id: `${digit}_${speaker}_${clip}.wav`,
    labels: { digit, speaker },
    audio: `data:audio/wav;base64,${wav(samples, rate).toString('base64')}`,
    spectrogram: {
      frames,
      bins,
      values,
      hop: 0.5 / frames,
      frequencies: Array.from({ length: bins }, (_, bin) => (bin + 0.5) * (4000 / bins)),
    },
  };
}

function wav(samples: readonly number[], rate: number): Buffer {
  const buffer = Buffer.alloc(44 + 2 * samples.length);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + 2 * samples.length, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(1, 22);
  buffer.writeUInt32LE(rate, 24);
  buffer.writeUInt32LE(2 * rate, 28);
  buffer.writeUInt16LE(2, 32);
  buffer.writeUInt16LE(16, 34);
  buffer.write('data', 36);
  buffer.writeUInt32LE(2 * samples.length, 40);
  for (const [index, sample] of samples.entries())
    buffer.writeInt16LE(Math.round(32767 * sample), 44 + 2 * index);
  return buffer;
}
