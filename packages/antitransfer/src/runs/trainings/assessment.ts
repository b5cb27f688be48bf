import { linearCka } from '../../analysis/cka.js';
import { type RefusalLevel, refusalLevel } from '../../analysis/refusal-level.js';
import { UserError } from '../../errors.js';
import { lastConvolution, type Network } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork } from '../../learning/networks/store.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { requireFinite } from '../../learning/training/divergence.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { itemAt } from '../../lookup.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { describeEnvironment } from '../store/environment.js';
import { type AssessmentJob, deviceOf, type TargetJob } from '../store/job.js';
import type { AssessmentRecord, TargetRecord, TaskRecord } from '../store/records.js';
import { ValidationMaps } from '../store/validation-maps.js';
import { clipScores } from './clip-scores.js';
import { evaluateNetwork } from './evaluate-network.js';
import { observedClips } from './observed-clips.js';
import { probeTask } from './probe-task.js';
import { sideScores } from './side-scores.js';
import { trainingOf } from './training-of.js';

/** Tests the network of a training once, and looks at what it still knows of orthogonal tasks, and knew after each epoch. */
export async function assess(job: AssessmentJob, context: JobContext): Promise<AssessmentRecord> {
  const { store } = context;
  const { spec, record } = await trainingOf(job.training, store);
  const maps = await ValidationMaps.open(store.job(job.training).maps);
  try {
    const loader = await ClipLoader.open(store, spec.features, spec.standardisation);
    try {
      return await new Assessment(job, context, spec, record, loader, maps).run();
    } finally {
      await loader.close();
    }
  } finally {
    await maps.close();
  }
}

class Assessment {
  readonly #started = performance.now();

  constructor(
    readonly job: AssessmentJob,
    readonly context: JobContext,
    readonly spec: TargetJob,
    readonly record: TargetRecord,
    readonly loader: ClipLoader,
    readonly maps: ValidationMaps,
  ) {}

  async run(): Promise<AssessmentRecord> {
    const { job, spec, loader, context, record } = this;
    const { store } = context;
    const networkJob = store.job(job.correction ?? job.training);
    const network = standardised(await loadNetwork(networkJob.network), loader.standardisation);
    const test = await loader.load(job.test, spec.column, spec.classes);
    const sides = await Promise.all(
      [spec.train, spec.validation].map((side) => loader.load(side, spec.column, spec.classes)),
    );
    const answered = await evaluateNetwork(network, [test, ...sides], job, spec.training, {
      ...context,
      device: deviceOf(job),
    });
    const evaluation = itemAt(answered, 0);
    requireFinite(evaluation, { clips: 'test', epoch: record.bestEpoch, settings: spec.training });
    const count = (await store.set(spec.validation)).clips.length;
    const rows = observedClips(count);
    const validation = await loader.load(spec.validation, spec.column, spec.classes, rows);
    const level = this.#level(itemAt(answered, 2), itemAt(sides, 1));
    const tasks: TaskRecord[] = [];
    for (const task of job.tasks) {
      tasks.push(await this.#assessTask(task, network, evaluation, validation, test));
    }
    return {
      kind: 'assessment',
      version: 2,
      accuracy: clipScores(await store.set(job.test), test, evaluation).accuracy,
      probabilities: rowsOf(evaluation.probabilities, test.labels.length).map((row) => Array.from(row)),
      sides: await this.#sides(answered.slice(1), sides),
      ...(level && { level }),
      tasks,
      observed: { clips: rows.length, of: count },
      seconds: (performance.now() - this.#started) / 1000,
      environment: await describeEnvironment(deviceOf(job)),
    };
  }

  /** How well the network does on the clips that it learned from, and on those that chose its epoch. */
  async #sides(
    answered: readonly Evaluation[],
    datasets: readonly Dataset[],
  ): Promise<NonNullable<AssessmentRecord['sides']>> {
    const { spec, record, loader } = this;
    const scores = await Promise.all(
      [spec.train, spec.validation].map(async (name, side) => {
        const evaluation = itemAt(answered, side);
        const clips = side === 0 ? 'training' : 'validation';
        const data = itemAt(datasets, side);
        if (data.labels.length > 0)
          requireFinite(evaluation, { clips, epoch: record.bestEpoch, settings: spec.training });
        return sideScores(evaluation, data, await loader.store.set(name), spec.classes);
      }),
    );
    const [train, validation] = scores;
    if (train === undefined) throw new RangeError('Nothing is trained without clips.');
    return { train, ...(validation && { validation }) };
  }

  /** Fixed on validation clips, or windows of them, as a listener hears one at a time. */
  #level({ probabilities }: Evaluation, { labels }: Dataset): RefusalLevel | undefined {
    return refusalLevel(rowsOf(probabilities, labels.length), labels);
  }

  async #assessTask(
    task: AssessmentJob['tasks'][number],
    network: Network,
    evaluation: Evaluation,
    validation: Dataset,
    test: Dataset,
  ): Promise<TaskRecord> {
    const { job, loader } = this;
    const { store, standardisation } = loader;
    const frozen = standardised(await loadNetwork(store.job(task.network).network), standardisation);
    const tap = frozen.taps.has(job.tap) ? job.tap : lastConvolution(frozen);
    const [onValidation, onTest] = await observeMaps(this.#observed(frozen, tap), [validation, test]);
    return {
      cka: alignment(evaluation.maps, onTest, test.labels.length),
      curve: await this.#curve(onValidation, validation.labels.length),
      probe: await probeTask(
        task,
        job,
        this.spec,
        loader,
        evaluation,
        this.#observed(network, job.tap),
        this.context,
      ),
    };
  }

  #observed(network: Network, tap: string): Observed {
    const { job, spec, context } = this;
    const { position } = job;
    const how = { threads: context.execution.threads ?? 1, device: deviceOf(job) };
    return { network, tap, position, batch: spec.training.batch, ...how };
  }

  /** CKA after each epoch; none of fewer than two clips. */
  async #curve(reference: Float32Array | undefined, clips: number): Promise<number[]> {
    if (clips < 2) return [];
    this.#requireObserved();
    const curve: number[] = [];
    for (let epoch = 1; epoch <= this.maps.shape.epochs; epoch++) {
      curve.push(alignment(await this.maps.read(epoch, this.job.tap), reference, clips));
    }
    return curve;
  }

  /** @throws UserError where the training is one of an earlier version, which looked at convolutions only. */
  #requireObserved(): void {
    const { tap, training } = this.job;
    if (this.maps.shape.taps.some(({ name }) => name === tap)) return;
    throw new UserError(
      `A stored training did not look at "${tap}" after each epoch: an earlier version did so at convolutions only. Remove ` +
        `"${this.context.store.job(training).folder}", so that it is trained again, or name a convolution as tap.`,
    );
  }
}

/** Linear CKA of two sets of maps of the same clips, `clips x channels` each. */
function alignment(maps: Float32Array, reference: Float32Array | undefined, clips: number): number {
  return linearCka(rowsOf(maps, clips), rowsOf(reference ?? new Float32Array(), clips));
}
