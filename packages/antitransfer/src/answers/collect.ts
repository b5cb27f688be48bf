import { chanceOver } from '../analysis/chance.js';
import { type Prediction, testScores } from '../analysis/scores.js';
import { largest } from '../learning/training/evaluate.js';
import { isPublished, type MethodSettings } from '../runs/config/method.js';
import { methodsOf } from '../runs/config/methods.js';
import type { Experiment } from '../runs/config/schema.js';
import type { PreparedRepetition } from '../runs/data/prepare.js';
import type { Cell, Plan } from '../runs/plan/plan.js';
import type { TrainedExperiment } from '../runs/run-experiment.js';
import type { JobRecord, OrthogonalRecord, TargetRecord } from '../runs/store/records.js';
import type {
  ComparisonResults,
  MethodDescription,
  OrthogonalNetworkSummary,
  RemovableCheck,
  RunResult,
  SampleClip,
} from './results.js';

/** Everything that a comparison measured, as plain data. */
export function collectResults(
  trained: TrainedExperiment,
  environment: Readonly<Record<string, string>>,
  samples: readonly SampleClip[],
): ComparisonResults {
  const { config, data, plan, records, index } = trained;
  const { experiment } = config;
  const methods = methodsOf(experiment);
  const [first] = data.repetitions;
  const [task] = experiment.orthogonal;
  const chance = (column: string) =>
    chanceOver(data.repetitions.map(({ test }) => test.clips.map(({ labels }) => labels[column] ?? '')));
  const looksAtOwnClips = methods.some(({ penalties }) =>
    penalties.some(({ clips }) => clips === 'auxiliary'),
  );
  return {
    name: experiment.name,
    createdAt: new Date().toISOString(),
    config: { ...experiment, execution: config.execution },
    environment,
    target: { column: experiment.target, classes: data.classes, chance: chance(experiment.target) },
    orthogonal: { column: task.column, classes: first?.tasks[0]?.classes ?? [], chance: chance(task.column) },
    split: {
      description: first?.description ?? '',
      counts: {
        train: first?.train.clips.length ?? 0,
        validation: first?.validation.clips.length ?? 0,
        test: first?.test.clips.length ?? 0,
        ...(looksAtOwnClips && { penalty: first?.tasks[0]?.train.clips.length ?? 0 }),
      },
    },
    orthogonalNetwork: orthogonalSummary(plan, records, task.name),
    removable: removableCheck(experiment, plan, records),
    methods: methods.map(describeMethod),
    runs: plan.methods.flatMap((cell) => runOf(trained, cell) ?? []),
    seconds: index.seconds,
    samples,
  };
}

function runOf({ config, data, records }: TrainedExperiment, cell: Cell): RunResult | undefined {
  const record = records.get(cell.job);
  const repetition = data.repetitions[cell.repetition];
  if (record?.kind !== 'target' || repetition === undefined) return undefined;
  return runResult(cell.of, repetition, record, config.experiment, data.classes);
}

/** What one training's record says, beside the clips that it is about. */
function runResult(
  method: string,
  { seed, fold, test, contradicts }: PreparedRepetition,
  record: TargetRecord,
  { target, orthogonal }: Experiment,
  classes: readonly string[],
): RunResult {
  const [task] = orthogonal;
  const predictions = test.clips.map(({ id, labels }, row): Prediction => {
    const probabilities = record.probabilities[row] ?? [];
    return {
      clip: id,
      truth: labels[target] ?? '',
      predicted: classes[largest(probabilities)] ?? '',
      orthogonal: labels[task.column] ?? '',
      probabilities,
    };
  });
  const [known] = record.tasks;
  return {
    method,
    seed,
    fold,
    bestEpoch: record.bestEpoch,
    seconds: record.seconds,
    test: testScores(predictions, classes, contradicts),
    cka: known?.cka ?? Number.NaN,
    probe: known?.probe ?? { accuracy: Number.NaN, chance: Number.NaN },
    tasks: record.tasks,
    epochs: record.epochs,
    predictions,
  };
}

/** The networks of an orthogonal task, one a repetition. */
export function orthogonalRecords(
  { tasks }: Plan,
  records: ReadonlyMap<string, JobRecord>,
  name: string,
): OrthogonalRecord[] {
  return tasks.flatMap(({ of, job }) => {
    const record = of === name ? records.get(job) : undefined;
    return record?.kind === 'orthogonal' ? [record] : [];
  });
}

function orthogonalSummary(
  plan: Plan,
  records: ReadonlyMap<string, JobRecord>,
  name: string,
): OrthogonalNetworkSummary {
  const found = orthogonalRecords(plan, records, name);
  return {
    accuracies: found.map(({ accuracy }) => accuracy),
    chance: found[0]?.chance ?? 0,
    given: found.some(({ given }) => given),
  };
}

/** CKA between the reference and the orthogonal network: is there anything to remove? */
export function removableCheck(
  experiment: Experiment,
  { methods }: Plan,
  records: ReadonlyMap<string, JobRecord>,
): RemovableCheck {
  const reference = methodsOf(experiment)[0]?.id;
  const cka = methods.flatMap(({ of, job }) => {
    const record = of === reference ? records.get(job) : undefined;
    return record?.kind === 'target' ? (record.tasks[0]?.cka ?? []) : [];
  });
  return { cka, threshold: experiment.removableThreshold };
}

function describeMethod(method: MethodSettings): MethodDescription {
  const { id, label, description, control } = method;
  return {
    id,
    label: label ?? id.replaceAll('-', ' '),
    description: description ?? '',
    control,
    published: isPublished(method),
  };
}
