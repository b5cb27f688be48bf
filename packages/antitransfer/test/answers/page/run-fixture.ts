import type { Random } from 'onnx-autograd';
import { accuracyByGroup, calibrationScores } from '../../../src/analysis/scores.js';
import type { EpochMetrics, Prediction, RunResult, TaskResult } from '../../../src/answers/results.js';
import { type MethodFixture, SPEAKERS, type TaskFixture } from './fsdd.js';

interface Circumstances {
  readonly others: readonly TaskFixture[];
  readonly seed: number;
  readonly fold: number | undefined;
  readonly splitSeed?: number;
  readonly epochs: number;
  readonly clips: number;
  readonly classes: readonly string[];
  readonly offset: number;
}

/** One run of a method: its accuracies, epochs and predictions. */
export function runFixture(random: Random, method: MethodFixture, circumstances: Circumstances): RunResult {
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
    ...(circumstances.splitSeed !== undefined && { splitSeed: circumstances.splitSeed }),
    bestEpoch: Math.max(1, epochs - 5),
    seconds: 14 + random.uniform(),
    test: {
      accuracy,
      macroF1: Math.max(0, accuracy - 0.012),
      balancedAccuracy: Math.max(0, accuracy - 0.004),
      crossEntropy: 2.4 - 2 * accuracy,
      ...(predictions.length > 0 && calibrationScores(predictions, circumstances.classes)),
      contradicting: {
        accuracy: Math.max(0, accuracy - 0.11),
        count: predictions.length > 0 ? Math.round(0.8 * predictions.length) : 400,
      },
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
