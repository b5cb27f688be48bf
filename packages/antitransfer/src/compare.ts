import { orthogonalRecords, removableCheck } from './answers/collect.js';
import { leaveResults, leaveResultsSoFar } from './answers/leave-results.js';
import type { ComparisonResults } from './answers/results.js';
import type { RemovableSigns } from './answers/verdict/removable.js';
import { itemAt } from './lookup.js';
import { mean } from './numbers/mean.js';
import type { TrainedExperiment } from './runs/carry-out-plans.js';
import type { Config, Experiment } from './runs/config/schema.js';
import { holdingRun } from './runs/hold-run.js';
import type { Plan } from './runs/plan/plan.js';
import { type RunObserver, type RunOptions, type RunPhase, runExperiment } from './runs/run-experiment.js';
import type { JobRecord, OrthogonalRecord } from './runs/store/records.js';
import type { TaskName } from './task-words.js';

/** Where a comparison leaves its results, and who is told of what it does. */
export interface CompareOptions extends RunOptions {
  readonly observer?: CompareObserver;
}

/** Told what a comparison does. */
export interface CompareObserver extends Omit<RunObserver, 'onPhase'> {
  /** What is done from now on; the report comes last. */
  onPhase?(phase: RunPhase | 'report'): void;
  /** The results of those repetitions that are done, while others are not; the report of them is in the folder. */
  onResultsSoFar?(results: ComparisonResults): void;
  /** How good an orthogonal task's networks are, once all are trained. */
  onOrthogonal?(task: TaskName, networks: readonly OrthogonalRecord[]): void;
  /** Whether there is anything of an orthogonal task to remove: told once the reference is trained in one repetition, and in all. */
  onRemovable?(task: TaskName, moment: RemovableMoment): void;
}

/** What is known of an orthogonal task once the reference is trained in one repetition, or in all. */
export interface RemovableMoment {
  readonly repetitions: { readonly done: number; readonly asked: number };
  /** The method without transfer. */
  readonly reference: string;
  readonly signs: RemovableSigns;
}

/**
 * Compares methods: prepares features, trains the orthogonal networks and every method over the seeds, tests, and
 * leaves one folder with configuration, predictions, models, results and report. What it is made from stays in the store.
 *
 * @throws UserError when the configuration or the data do not allow it; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function compare(config: Config, options: CompareOptions): Promise<ComparisonResults> {
  return holdingRun(options, () => compareHeld(config, options));
}

async function compareHeld(config: Config, options: CompareOptions): Promise<ComparisonResults> {
  const { folder, observer } = options;
  const milestones = new Milestones(config.experiment, observer);
  const onRepetition = async (soFar: TrainedExperiment) => {
    await observer?.onRepetition?.(soFar);
    const results = await leaveResultsSoFar(folder, soFar);
    if (results !== undefined) observer?.onResultsSoFar?.(results);
  };
  const trained = await runExperiment(config, {
    ...options,
    observer: { ...milestones.observe(), onRepetition },
  });
  observer?.onPhase?.('report');
  return leaveResults(folder, trained);
}

/** Tells what can be said before everything is trained. */
class Milestones {
  #plan: Plan | undefined;
  readonly #records = new Map<string, JobRecord>();
  readonly #told = new Set<string>();

  constructor(
    readonly experiment: Experiment,
    readonly observer: CompareObserver | undefined,
  ) {}

  /** The observer, behind which the milestones are told: of all, so that what it can be told is never left out. */
  observe(): Required<Omit<RunObserver, 'onRepetition'>> {
    const { observer } = this;
    return {
      onWait: (holder) => observer?.onWait?.(holder),
      onNote: (note) => observer?.onNote?.(note),
      onPhase: (phase) => observer?.onPhase?.(phase),
      onProgress: (done, total) => observer?.onProgress?.(done, total),
      onAccount: (account) => observer?.onAccount?.(account),
      onPlan: (plan) => {
        this.#plan = plan;
        observer?.onPlan?.(plan);
      },
      onEvent: (event) => observer?.onEvent?.(event),
      onDone: (job, record, reused) => {
        observer?.onDone?.(job, record, reused);
        this.#records.set(job.id, record);
        if (this.#plan !== undefined) this.#check(this.#plan);
      },
    };
  }

  #check(plan: Plan): void {
    for (const task of this.experiment.orthogonal) {
      const { name } = task;
      const networks = orthogonalRecords(plan, this.#records, name);
      const all = plan.tasks.filter(({ of }) => of === name).length;
      if (networks.length === all)
        this.#once(`networks of ${name}`, () => this.observer?.onOrthogonal?.(task, networks));
      this.#checkRemovable(task, networks, plan);
    }
  }

  /** Told of the first repetition, before most methods are trained, and of all. */
  #checkRemovable(of: TaskName, networks: readonly OrthogonalRecord[], plan: Plan): void {
    const { name } = of;
    const [reference] = plan.methods;
    const removable = removableCheck(this.experiment, plan, this.#records, name);
    const [done, asked] = [removable.cka.length, plan.repetitions.length];
    if (reference === undefined || done === 0 || (done > 1 && done < asked)) return;
    this.#once(`removable of ${name} after ${done}`, () =>
      this.observer?.onRemovable?.(of, {
        reference: reference.of,
        repetitions: { done, asked },
        signs: { ...removable, ...this.#learned(name, networks, plan) },
      }),
    );
  }

  /** What the networks that CKA compares have learned. */
  #learned(name: string, networks: readonly OrthogonalRecord[], { jobs, methods: [first, ...cells] }: Plan) {
    const own = [first, ...cells].filter((cell) => cell?.of === first?.of);
    const references = own.flatMap((cell) => {
      const record = this.#records.get(cell?.assessment ?? '');
      return record?.kind === 'assessment' ? [record] : [];
    });
    const task = this.experiment.orthogonal.findIndex((one) => one.name === name);
    const probes = references.map(({ tasks }) => itemAt(tasks, task).probe);
    const job = jobs.find(({ id }) => id === first?.job)?.job;
    const classes = job?.kind === 'target' ? job.classes.length : 1;
    return {
      probes: probes.map(({ accuracy }) => accuracy),
      probeChance: mean(probes.map(({ chance }) => chance)),
      targets: references.map(({ accuracy }) => accuracy),
      // Of classes that are equally large: the least that chance can be.
      targetChance: 1 / classes,
      networks: networks.map(({ accuracy }) => accuracy),
      networkChance: networks[0]?.chance ?? 0,
    };
  }

  #once(what: string, tell: () => void): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    tell();
  }
}
