import { chanceOver } from '../analysis/chance.js';
import { testScores } from '../analysis/scores.js';
import { rowsByClip, wholeClips } from '../data/segments/whole-clips.js';
import { columnOfGroups } from '../data/splits/make-split.js';
import { meanProbabilities } from '../inference/heard.js';
import { networks } from '../learning/networks/registry.js';
import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';
import type { TrainedExperiment } from '../runs/carry-out-plans.js';
import { methodsOf } from '../runs/config/methods.js';
import type { Experiment, OrthogonalSettings } from '../runs/config/schema.js';
import { sharedSplit } from '../runs/config/split-seed.js';
import type { PreparedRepetition } from '../runs/data/prepare.js';
import type { MethodCell, Plan } from '../runs/plan/plan.js';
import { environmentsOf } from '../runs/store/environment.js';
import type { AssessmentRecord, JobRecord, OrthogonalRecord, TargetRecord } from '../runs/store/records.js';
import { describeMethod } from './describe-method.js';
import { failedRuns } from './failed-runs.js';
import { accuraciesByLabel } from './groups-by-label.js';
import { isRedrawn } from './redrawn.js';
import type {
  ComparisonResults,
  OrthogonalTask,
  Prediction,
  RemovableCheck,
  RunResult,
  SampleClip,
} from './results.js';

/** Everything that a comparison measured, as plain data. */
export function collectResults(
  trained: TrainedExperiment,
  samples: readonly SampleClip[],
): ComparisonResults {
  const { config, data, plan, index, records } = trained;
  const { experiment } = config;
  const methods = methodsOf(experiment);
  const [first] = data.repetitions;
  const [task, ...tasks] = experiment.orthogonal;
  const groups = groupColumn(trained);
  const redrawn = isRedrawn(data.repetitions);
  const looksAtOwnClips = methods.some(({ objectives }) =>
    objectives.some((objective) => 'clips' in objective && objective.clips === 'auxiliary'),
  );
  return {
    version: 3,
    name: experiment.name,
    createdAt: new Date().toISOString(),
    config: { ...experiment, execution: config.execution },
    environment: environmentsOf(records.values()),
    target: {
      column: experiment.target,
      classes: data.classes,
      chance: chanceOf(trained, experiment.target),
    },
    tasks: [describeTask(trained, task), ...tasks.map((other) => describeTask(trained, other))],
    split: {
      description: first?.description ?? '',
      redrawn,
      ...(groups !== undefined && { groups }),
      counts: {
        train: wholeClips(first?.train.clips ?? []).length,
        validation: wholeClips(first?.validation.clips ?? []).length,
        test: wholeClips(first?.test.clips ?? []).length,
        ...observedCount(trained),
        ...(looksAtOwnClips && { penalty: wholeClips(first?.tasks[0]?.train.clips ?? []).length }),
      },
    },
    data: data.account,
    methods: methods.map((method) => describeMethod(method, experiment)),
    runs: plan.methods.flatMap((cell) => runOf(trained, cell, redrawn) ?? []),
    failed: failedRuns(trained),
    repetitions: {
      done: new Set(plan.methods.map(({ repetition }) => repetition)).size,
      asked: plan.repetitions.length,
    },
    seconds: index.seconds,
    samples,
  };
}

/** Validation clips that CKA after each epoch is over, where they are not all. */
function observedCount({ plan, records }: TrainedExperiment): { readonly observed?: number } {
  const record = records.get(plan.methods[0]?.assessment ?? '');
  if (record?.kind !== 'assessment') return {};
  const { clips, of } = record.observed;
  return clips < of ? { observed: clips } : {};
}

/** Of a label column, over the test clips of each repetition. */
function chanceOf({ data }: TrainedExperiment, column: string): number {
  return chanceOver(
    data.repetitions.map(({ test }) => wholeClips(test.clips).map(({ labels }) => labels[column] ?? '')),
  );
}

function describeTask(trained: TrainedExperiment, { name, column }: OrthogonalSettings): OrthogonalTask {
  const { config, data, plan, records } = trained;
  const networks = orthogonalRecords(plan, records, name);
  const prepared = data.repetitions[0]?.tasks.find(({ settings }) => settings.name === name);
  return {
    name,
    column,
    classes: prepared?.classes ?? [],
    chance: chanceOf(trained, column),
    network: {
      accuracies: networks.map(({ accuracy }) => accuracy),
      chance: networks[0]?.chance ?? 0,
      given: networks.some(({ given }) => given),
    },
    removable: removableCheck(config.experiment, plan, records, name),
  };
}

function runOf(trained: TrainedExperiment, cell: MethodCell, redrawn: boolean): RunResult | undefined {
  const { config, data, records } = trained;
  const record = records.get(cell.job);
  const repetition = data.repetitions[cell.repetition];
  const assessment = records.get(cell.assessment);
  if (record?.kind !== 'target' || assessment?.kind !== 'assessment' || repetition === undefined)
    return undefined;
  const { experiment } = config;
  const asked = {
    ...experiment,
    groups: groupColumn(trained),
    split: sharedSplit(experiment, repetition, redrawn),
  };
  return runResult(cell.of, repetition, record, assessment, asked, data.classes);
}

/** What the records of one training and of its test say, beside the clips that they are about. */
function runResult(
  method: string,
  { seed, fold, test, recordings, contradicts }: PreparedRepetition,
  record: TargetRecord,
  assessment: AssessmentRecord,
  {
    target,
    orthogonal,
    groups,
    split,
  }: Pick<Experiment, 'target' | 'orthogonal'> & {
    readonly groups: string | undefined;
    readonly split: Pick<RunResult, 'splitSeed'>;
  },
  classes: readonly string[],
): RunResult {
  const predictions = [...rowsByClip(test.clips)].map(([{ id, labels }, rows]): Prediction => {
    const probabilities = meanProbabilities(
      rows.map((row) => ({ probabilities: assessment.probabilities[row] ?? [] })),
    );
    const recording = recordings.get(id);
    const group = groups === undefined ? undefined : labels[groups];
    return {
      clip: id,
      ...(recording !== undefined && recording !== id && { recording }),
      truth: labels[target] ?? '',
      predicted: classes[argmax(probabilities)] ?? '',
      orthogonal: Object.fromEntries(
        orthogonal.flatMap(({ name, column }) => {
          const label = labels[column];
          return label === undefined ? [] : [[name, label]];
        }),
      ),
      ...(group !== undefined && { group }),
      probabilities,
    };
  });
  return {
    method,
    seed,
    fold,
    ...split,
    bestEpoch: record.bestEpoch,
    seconds: record.seconds,
    test: testScores(predictions, classes, contradicts),
    ...(assessment.sides && { sides: assessment.sides }),
    tasks: orthogonal.map(({ name }, task) => {
      const { cka, probe } = itemAt(assessment.tasks, task);
      const groups = accuraciesByLabel(predictions, ({ orthogonal: labels }) =>
        Object.hasOwn(labels, name) ? labels[name] : undefined,
      );
      return { name, cka, probe, groups };
    }),
    epochs: record.epochs.map((metrics, epoch) => ({
      ...metrics,
      measures: { ...metrics.measures, ...measuresOf(assessment, epoch, orthogonal) },
    })),
    predictions,
  };
}

/** The column by which the split keeps clips together, where no orthogonal task has it. */
function groupColumn({ config, data }: TrainedExperiment): string | undefined {
  const { split, orthogonal } = config.experiment;
  const column = columnOfGroups(split) ?? data.account.grouped.groups?.column;
  return orthogonal.some((task) => task.column === column) ? undefined : column;
}

/** CKA to each task's network at the tap after an epoch, where there were clips to look at. */
function measuresOf(
  { tasks }: AssessmentRecord,
  epoch: number,
  orthogonal: Experiment['orthogonal'],
): Record<string, number> {
  return Object.fromEntries(
    orthogonal.flatMap(({ name }, task) => {
      const cka = itemAt(tasks, task).curve[epoch];
      return cka === undefined ? [] : [[`cka.${name}`, cka]];
    }),
  );
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

/** Is there anything of an orthogonal task to remove? What validation clips say of the reference, of what is known of it so far. */
export function removableCheck(
  experiment: Experiment,
  { methods }: Plan,
  records: ReadonlyMap<string, JobRecord>,
  name: string,
): RemovableCheck {
  const { network, orthogonal, removableThreshold: threshold } = experiment;
  const reference = methodsOf(experiment)[0]?.id;
  const task = orthogonal.findIndex((one) => one.name === name);
  const cka = methods.flatMap(({ of, job, assessment }) => {
    const [training, test] = of === reference ? [records.get(job), records.get(assessment)] : [];
    if (training?.kind !== 'target' || test?.kind !== 'assessment') return [];
    return itemAt(test.tasks, task).curve[training.bestEpoch - 1] ?? [];
  });
  return { cka, threshold, calibrated: isCalibrated(network) };
}

/** Of networks that a user gave, and of those without batch normalization, nothing was measured that holds. */
function isCalibrated({ model, name }: Experiment['network']): boolean {
  return model === null && networks.find(name).normalized;
}
