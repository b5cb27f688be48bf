import { sizeAt, writeOnnx } from 'onnx-autograd';
import { canonicalJson } from '../files/canonical-json.js';
import { groupBy } from '../group-by.js';
import { tapped } from '../learning/networks/network.js';
import { entryOf, itemAt } from '../lookup.js';
import { mean, sum } from '../numbers/mean.js';
import type { JobSurroundings } from './jobs/job-context.js';
import type { PlannedJob } from './plan/plan.js';
import type { PlannedExperiment } from './plan-experiment.js';
import { describeJob } from './store/describe.js';
import { deviceOf } from './store/job.js';
import type { JobRecord } from './store/records.js';
import type { Store } from './store/store.js';
import { observedClips } from './trainings/observed-clips.js';
import { type Training, timeSteps, untrainedNetwork } from './trainings/rehearse.js';

/** A pass forward over a batch takes about a third of a step, which goes forward, back to the maps and back to the filters. */
const FORWARD = 1 / 3;

/** What is to be done of planned jobs, and about how much that is. */
export interface Estimate {
  /** Of either kind of training: all, and those whose results are in the store. */
  readonly trainings: { readonly all: number; readonly done: number };
  readonly tests: { readonly all: number; readonly done: number };
  /** Of training on this machine, side by side as it is told to; at most, where a training may stop early. */
  readonly seconds: number;
  /** Of the tests that are missing, as long as those in the store took; undefined where none is there. */
  readonly testSeconds: number | undefined;
  /** Kinds of steps that were timed, and how many trainings take them. */
  readonly steps: readonly TimedSteps[];
  /** What the missing trainings will add to the store: networks and what they said of validation clips. */
  readonly bytes: number;
  /** Ids of jobs that are trainings, and of those whose results are in the store. */
  readonly isTraining: ReadonlySet<string>;
  readonly isDone: ReadonlySet<string>;
}

/** What jobs cost that are to be done, so that it is timed once and added up for any of them. */
export interface Costs {
  /** What the store has of jobs, by their ids. */
  readonly records: ReadonlyMap<string, JobRecord>;
  /** Of the trainings that are missing, by their ids. */
  readonly trainings: ReadonlyMap<string, TrainingCost>;
}

export interface TrainingCost {
  /** By itself. */
  readonly seconds: number;
  /** What it leaves in the store. */
  readonly bytes: number;
  /** What training its steps are those of, and how long one takes. */
  readonly name: string;
  readonly milliseconds: number;
}

export interface TimedSteps {
  readonly name: string;
  readonly milliseconds: number;
  readonly trainings: number;
}

export interface CostOptions {
  readonly surroundings: JobSurroundings;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Says how long planned trainings take that are to be done, and how large they are: by timing a step of each kind of training
 * here. Kinds are told apart by network, batch and what objectives compute, not by where they look.
 *
 * @throws the signal's reason when it aborts
 */
export async function costsOf(
  jobs: readonly PlannedJob[],
  { surroundings, signal, onProgress }: CostOptions,
): Promise<Costs> {
  const { store } = surroundings;
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const records = new Map<string, JobRecord>();
  for (const { id } of jobs) {
    const record = await store.job(id).record();
    if (record !== undefined) records.set(id, record);
  }
  const missing = jobs.flatMap(({ id, job }) =>
    records.has(id) ? [] : trainingOf({ job }).map((training) => ({ id, training })),
  );
  const kinds = [...groupBy(missing, ({ training }) => kindOfStep(training)).values()];
  const sizes = new Sizes(store);
  const trainings = new Map<string, TrainingCost>();
  for (const [at, same] of kinds.entries()) {
    onProgress?.(at, kinds.length);
    // Where they look in the network makes a difference: one from the middle.
    const timed = itemAt(same, same.length >> 1).training;
    const milliseconds = await timeSteps(timed, surroundings, (id) => byId.get(id), signal);
    const name = describeJob(timed, '', () => undefined);
    for (const { id, training } of same) {
      const seconds = (milliseconds * (await sizes.steps(training))) / 1000;
      trainings.set(id, { seconds, bytes: await sizes.bytes(training), name, milliseconds });
    }
  }
  onProgress?.(kinds.length, kinds.length);
  return { records, trainings };
}

/**
 * What jobs come to, which are some or all of those that were timed.
 *
 * @param parallel trainings side by side
 */
export function totalOf(
  jobs: readonly PlannedJob[],
  { records, trainings }: Costs,
  parallel: number,
): Estimate {
  const missing = jobs.flatMap(({ id }) => trainings.get(id) ?? []);
  const tests = jobs.filter(({ job }) => job.kind === 'assessment');
  const tested = tests.flatMap(({ id }) => records.get(id)?.seconds ?? []);
  const all = jobs.filter(({ job }) => trainingOf({ job }).length > 0);
  // Of two kinds of steps that are called alike, either has times of its own.
  const steps = [...groupBy(missing, ({ name, milliseconds }) => `${name} ${milliseconds}`).values()];
  return {
    trainings: { all: all.length, done: countDone(all, records) },
    tests: { all: tests.length, done: tested.length },
    seconds: sum(missing.map(({ seconds }) => seconds)) / parallel,
    testSeconds: tested.length === 0 ? undefined : (mean(tested) * (tests.length - tested.length)) / parallel,
    steps: steps.map((same) => {
      const { name, milliseconds } = itemAt(same, 0);
      return { name, milliseconds, trainings: same.length };
    }),
    bytes: sum(missing.map(({ bytes }) => bytes)),
    isTraining: new Set(all.map(({ id }) => id)),
    isDone: new Set(records.keys()),
  };
}

/** What the models take that comparisons leave in their folders, one a training of a method. */
export async function modelBytes(
  experiments: readonly Pick<PlannedExperiment, 'plan'>[],
  store: Store,
): Promise<number> {
  const sizes = new Sizes(store);
  let bytes = 0;
  for (const { plan } of experiments) {
    const byId = new Map(plan.jobs.map(({ id, job }) => [id, job]));
    for (const { job: id } of plan.methods) {
      const job = byId.get(id);
      if (job?.kind === 'target') bytes += await sizes.network(job);
    }
  }
  return bytes;
}

function countDone(jobs: readonly PlannedJob[], records: ReadonlyMap<string, JobRecord>): number {
  return jobs.filter(({ id }) => records.has(id)).length;
}

/** A job, where it is a training. */
export function trainingOf({ job }: Pick<PlannedJob, 'job'>): Training[] {
  return job.kind === 'target' || job.kind === 'orthogonal' ? [job] : [];
}

/** What the time of a step depends on most. */
export function kindOfStep(job: Training): string {
  const { batch, optimizer, recompute, convolutions } = job.training;
  const looked =
    job.kind === 'orthogonal'
      ? []
      : job.objectives.map(({ settings }) => {
          const { kind } = settings;
          const named = 'similarity' in settings ? [settings.similarity, settings.aggregation] : [];
          return [kind, ...named, 'clips' in settings && settings.clips];
        });
  const changed = job.kind === 'target' ? (job.augmentation ?? []).map(({ kind }) => kind) : [];
  const how = [batch, optimizer, recompute, convolutions, deviceOf(job)];
  return canonicalJson([job.kind, job.network, job.features, job.classes.length, how, looked, changed]);
}

/** Sizes of trainings: sets are counted, and networks measured, once. */
class Sizes {
  readonly #clips = new Map<string, number>();
  readonly #networks = new Map<string, { readonly bytes: number; readonly channels: number }>();

  constructor(readonly store: Store) {}

  /** All steps of a training, and what its validation takes in steps. */
  async steps({ train, validation, training: { batch, epochs } }: Training): Promise<number> {
    const batches = Math.ceil((await this.#count(train)) / batch);
    return epochs * (batches + (FORWARD * (await this.#count(validation))) / batch);
  }

  /** What it leaves. */
  async bytes(job: Training): Promise<number> {
    const { bytes, channels } = await this.#network(job);
    if (job.kind === 'orthogonal') return bytes;
    const clips = observedClips(await this.#count(job.validation)).length;
    return bytes + 4 * job.training.epochs * clips * channels;
  }

  /** Its network only. */
  async network(job: Training): Promise<number> {
    return (await this.#network(job)).bytes;
  }

  async #count(set: string): Promise<number> {
    const known = this.#clips.get(set) ?? (await this.store.set(set)).clips.length;
    this.#clips.set(set, known);
    return known;
  }

  async #network(job: Training) {
    const key = canonicalJson([job.network, job.features, job.classes.length]);
    if (!this.#networks.has(key)) {
      const network = await untrainedNetwork(job, this.store);
      const channels = [...network.taps.keys()].map((tap) => sizeAt(tapped(network, tap, 'after'), 1));
      this.#networks.set(key, { bytes: writeOnnx(network.graph).byteLength, channels: sum(channels) });
    }
    return entryOf(this.#networks, key);
  }
}
