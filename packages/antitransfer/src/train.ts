import { collectResults } from './answers/collect.js';
import { writeModels } from './answers/models.js';
import type { RunResult } from './answers/results.js';
import { UserError } from './errors.js';
import type { Config } from './runs/config/schema.js';
import { paths } from './runs/folder/paths.js';
import { holdingRun } from './runs/hold-run.js';
import { repetitionName } from './runs/plan/repetition-name.js';
import { type RunOptions, runExperiment } from './runs/run-experiment.js';

/** One trained network and where its files are. */
export interface TrainedRun {
  readonly run: RunResult;
  /** Features in, logits out. */
  readonly network: string;
  /** Samples in, probabilities out. */
  readonly model: string;
  /** A line of JSON an event: epochs with their losses among them. */
  readonly events: string;
}

/**
 * Trains the last method of a configuration with its one seed (in each fold, when the split has folds); the orthogonal
 * networks first, unless the store has them.
 *
 * @throws UserError when the configuration or the data do not allow it, or the training diverges; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function train(config: Config, options: RunOptions): Promise<TrainedRun[]> {
  const trained = await holdingRun(options, async () => {
    const experiment = await runExperiment(config, options);
    const results = collectResults(experiment, []);
    await writeModels(options.folder, experiment, results);
    return { ...experiment, runs: results.runs, failed: results.failed };
  });
  const { plan, store, runs, failed } = trained;
  const method = plan.methods.at(-1)?.of;
  const failure = failed.find((training) => training.method === method);
  if (failure !== undefined) {
    throw new UserError(`${failure.method}, ${repetitionName(failure)}: ${failure.reason}`);
  }
  return plan.methods.flatMap(({ of, job, repetition }) => {
    const key = plan.repetitions[repetition];
    const run = runs.find(
      (candidate) => candidate.method === of && candidate.seed === key?.seed && candidate.fold === key.fold,
    );
    if (of !== method || run === undefined) return [];
    const { network, eventFile: events } = store.job(job);
    return [{ run, network, model: paths.model(options.folder, of, run), events }];
  });
}
