import { itemAt } from '../lookup.js';
import {
  beginExperiment,
  type CarryOutObserver,
  carryOutPlans,
  type TrainedExperiment,
} from './carry-out-plans.js';
import { processesOf } from './config/execution.js';
import type { Config } from './config/schema.js';
import { DeviceFinder } from './find-device.js';
import { ComparisonFolder } from './folder/comparison-folder.js';
import type { JobRunner } from './jobs/runner.js';
import type { Plan } from './plan/plan.js';
import { type PreparationObserver, type PreparationPhase, planExperiment } from './plan-experiment.js';
import { rehearseDevices } from './rehearse-devices.js';
import { runnerOf, surroundingsOf } from './runners/runner-of.js';
import type { Holder } from './store/claim.js';
import { storeAt } from './store/store-at.js';

/** Where results are left and kept, who carries jobs out, and who is told. */
export interface RunOptions {
  /** Where results are left. What an earlier run of the same experiment left there is continued. */
  readonly folder: string;
  /** What comparisons share: features, trained networks, results. A folder, or `s3://bucket/prefix`. */
  readonly store: string;
  /** What any machine can make again: the demo corpus, compiled programs. */
  readonly cache: string;
  /** Who carries the jobs out; the one that `execution.runner` names when absent. */
  readonly runner?: JobRunner;
  readonly signal?: AbortSignal;
  readonly observer?: RunObserver;
}

/** What a comparison is at. */
export type RunPhase = PreparationPhase | 'training';

/** Told what is prepared and trained. */
export interface RunObserver
  extends Omit<PreparationObserver, 'onPhase'>,
    Pick<CarryOutObserver, 'onEvent' | 'onDone'> {
  /** Another process is at the folder: this one waits. */
  onWait?(holder: Holder): void;
  /** What is done from now on. */
  onPhase?(phase: RunPhase): void;
  /** Which jobs answer the comparison, before they are begun. */
  onPlan?(plan: Plan): void;
  /** A repetition has come to its end, and others have not: all that is known of those that have. */
  onRepetition?(soFar: TrainedExperiment): Promise<void> | void;
}

/**
 * Prepares an experiment's data and trains what it asks for and the store does not have.
 *
 * @throws UserError when the configuration, the folder or the data do not allow it; what is done stays done.
 * @throws DeviceUnavailableError when its device cannot be had here; nothing is done then.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function runExperiment(asked: Config, options: RunOptions): Promise<TrainedExperiment> {
  const { observer, cache } = options;
  const signal = options.signal ?? new AbortController().signal;
  const store = storeAt(options.store, cache);
  const devices = new DeviceFinder(options.runner !== undefined);
  const config = await devices.settle(asked);
  await new ComparisonFolder(options.folder).requireFree(config.experiment);
  const planned = await planExperiment(config, store, {
    cache,
    signal,
    devices,
    processes: processesOf(config.execution),
    ...(observer && { observer }),
  });
  const { jobs } = planned.plan;
  if (options.runner === undefined)
    await rehearseDevices(jobs, surroundingsOf(config.execution, store, cache, jobs), signal);
  const begun = await beginExperiment(planned, options.folder);
  observer?.onPhase?.('training');
  observer?.onPlan?.(begun.plan);
  const trained = await carryOutPlans([begun], {
    runner: options.runner ?? runnerOf(config.execution, store, cache, jobs),
    signal,
    ...(observer && { observer }),
  });
  return itemAt(trained, 0);
}
