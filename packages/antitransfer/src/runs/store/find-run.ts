import { readFile } from 'node:fs/promises';
import { readConfigFile, resolveConfig } from '../config/load.js';
import { nearest } from '../../nearest.js';
import type { Config } from '../config/schema.js';
import { UserError } from '../../errors.js';
import type { JobResult } from '../jobs/job.js';
import { methodJobId, places } from './paths.js';
import { methodsOf } from '../plan/jobs.js';
import { loadPrepared } from '../data/prepared.js';
import type { RunResult } from './records.js';

/** Which training of a run's folder is meant. */
export interface RunChoice {
  /** May be left out when there is one. */
  readonly method?: string;
  /** The seed with the best validation loss when left out. */
  readonly seed?: number;
  readonly fold?: number;
}

/** A finished training in a run's folder. */
export interface FoundRun {
  readonly config: Config;
  /** Place of its seed and fold in the prepared data. */
  readonly round: number;
  readonly run: RunResult;
  /** Features in, logits out. */
  readonly network: string;
  /** Samples in, probabilities out. */
  readonly model: string;
}

/**
 * Finds a finished training in the folder of `compare` or `train`.
 *
 * @throws UserError when the folder is no run's, or the choice leaves none or several methods.
 */
export async function findRun(folder: string, choice: RunChoice): Promise<FoundRun> {
  const prepared = await loadPrepared(places.data(folder));
  if (prepared === undefined) {
    throw new UserError(
      `"${folder}" is no folder of a run: there is no data/prepared.json in it. Name the folder that "antitransfer ` +
        'compare" or "antitransfer train" wrote, or an .onnx model.',
    );
  }
  const path = places.config(folder);
  const config = resolveConfig(await readConfigFile(path), path);
  const method = chooseMethod(config, choice.method);
  const finished: { round: number; run: RunResult }[] = [];
  for (const round of prepared.rounds.keys()) {
    const run = await readRun(folder, methodJobId(method, round));
    if (run !== undefined) finished.push({ round, run });
  }
  const { seed, fold } = choice;
  const fitting = finished.filter(
    ({ run }) => (seed ?? run.seed) === run.seed && (fold === undefined || fold === run.fold),
  );
  const best = fitting.toSorted((a, b) => validationLoss(a.run) - validationLoss(b.run))[0];
  if (best === undefined) throw noSuchRun(folder, method, choice, finished);
  const id = methodJobId(method, best.round);
  return { config, ...best, network: places.network(folder, id), model: places.model(folder, id) };
}

function chooseMethod(config: Config, id: string | undefined): string {
  const known = methodsOf(config).map((method) => method.id);
  if (id === undefined && known.length === 1) return known[0] as string;
  if (id !== undefined && known.includes(id)) return id;
  if (id === undefined) throw new UserError(`The run has several methods; name one: ${known.join(', ')}.`);
  throw new UserError(`The run has no method "${id}"; it has ${known.join(', ')}.${nearest(id, known)}`);
}

async function readRun(folder: string, id: string): Promise<RunResult | undefined> {
  const text = await readFile(places.result(folder, id), 'utf8').catch(() => undefined);
  const result = text === undefined ? undefined : (JSON.parse(text) as JobResult);
  return result?.kind === 'method' ? result.run : undefined;
}

/** Of the epoch that was chosen. */
function validationLoss({ epochs, bestEpoch }: RunResult): number {
  return epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.crossEntropy ?? Number.POSITIVE_INFINITY;
}

function noSuchRun(
  folder: string,
  method: string,
  { seed, fold }: RunChoice,
  finished: readonly { readonly run: RunResult }[],
): UserError {
  const name = (run: { readonly seed: number; readonly fold?: number | undefined }) =>
    run.fold === undefined ? `seed ${run.seed}` : `seed ${run.seed} fold ${run.fold}`;
  const asked = [seed === undefined ? '' : `seed ${seed}`, fold === undefined ? '' : `fold ${fold}`];
  const list = finished.map(({ run }) => name(run)).join(', ') || 'none';
  return new UserError(
    `No training of "${method}" ${asked.filter(Boolean).join(' ')} is finished in "${folder}"; finished: ${list}.`,
  );
}
