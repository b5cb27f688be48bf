import { UserError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Experiment } from '../runs/config/schema.js';
import { ComparisonFolder, type ComparisonIndex } from '../runs/folder/comparison-folder.js';
import { paths } from '../runs/folder/paths.js';
import { repetitionName } from '../runs/plan/repetition-name.js';
import type { JobFolder } from '../runs/store/job-folder.js';
import type { AssessmentRecord, TargetRecord } from '../runs/store/records.js';
import type { Store } from '../runs/store/store.js';
import { storeAt } from '../runs/store/store-at.js';

/** Which training of a run's folder is meant. */
export interface RunChoice {
  /** May be left out when there is one. */
  readonly method?: string;
  /** The seed with the best validation loss when left out. */
  readonly seed?: number;
  readonly fold?: number;
}

/** A finished training of a run. */
export interface FoundRun {
  readonly experiment: Experiment;
  readonly method: string;
  readonly seed: number;
  readonly fold: number | undefined;
  /** Index of its seed and fold. */
  readonly repetition: number;
  /** The set of its test clips. */
  readonly test: string;
  /** What they are called in the corpus, in the order of the set. */
  readonly clips: readonly string[];
  readonly record: TargetRecord;
  readonly assessment: AssessmentRecord;
  readonly store: Store;
  /** Of its training. */
  readonly job: JobFolder;
  /** The file of its network: standardised features in, logits out. */
  readonly network: string;
  /** Samples in, probabilities out. */
  readonly model: string;
}

/**
 * Finds a finished training in the folder of `compare` or `train`.
 *
 * @param places where its store is, when it is not where it was, and what is kept here of one in a bucket
 * @throws UserError when the folder is no run's, or the choice leaves none or several methods.
 */
export async function findRun(
  path: string,
  choice: RunChoice,
  places: { readonly store: string | undefined; readonly cache: string },
): Promise<FoundRun> {
  const folder = new ComparisonFolder(path);
  const index = await folder.index();
  if (index === undefined) {
    throw new UserError(
      `"${path}" is no folder of a run: there is no comparison.json in it. Name the folder that "antitransfer ` +
        'compare" or "antitransfer train" wrote, or an .onnx model.',
    );
  }
  const method = chooseMethod(index, choice.method);
  const store = places.store ?? folder.storeOf(index);
  const finished = await finishedRuns(index, method, storeAt(store, places.cache));
  const { seed, fold } = choice;
  const best = finished
    .filter((run) => (seed ?? run.seed) === run.seed && (fold === undefined || fold === run.fold))
    .toSorted((a, b) => validationLoss(a.record) - validationLoss(b.record))[0];
  if (best === undefined) throw noSuchRun(path, method, choice, finished, store);
  return { experiment: index.experiment, method, ...best, model: paths.model(path, method, best) };
}

async function finishedRuns(index: ComparisonIndex, method: string, store: Store) {
  const runs = await Promise.all(
    index.methods
      .filter(({ of }) => of === method)
      .map(async ({ repetition, job: id, correction, assessment: test }) => {
        const drawn = index.repetitions[repetition];
        const job = store.job(id);
        const [record, assessment] = [await job.result(), await store.job(test).result()];
        if (record?.kind !== 'target' || assessment?.kind !== 'assessment' || drawn === undefined) return [];
        const { fold, ...rest } = drawn;
        const last = correction === undefined ? job : store.job(correction);
        // With it comes its network, where that is in a bucket.
        await last.record();
        const { network } = last;
        return [{ ...rest, repetition, fold: fold ?? undefined, record, assessment, store, job, network }];
      }),
  );
  return runs.flat();
}

function chooseMethod({ methods }: ComparisonIndex, id: string | undefined): string {
  const known = [...new Set(methods.map(({ of }) => of))];
  const [only] = known;
  if (id === undefined && only !== undefined && known.length === 1) return only;
  if (id !== undefined && known.includes(id)) return id;
  if (id === undefined) throw new UserError(`The run has several methods; name one: ${known.join(', ')}.`);
  throw new UserError(`The run has no method "${id}"; it has ${known.join(', ')}.${nearest(id, known)}`);
}

/** Of the epoch that was chosen. */
function validationLoss({ epochs, bestEpoch }: TargetRecord): number {
  return epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.crossEntropy ?? Number.POSITIVE_INFINITY;
}

function noSuchRun(
  folder: string,
  method: string,
  { seed, fold }: RunChoice,
  finished: readonly { readonly seed: number; readonly fold: number | undefined }[],
  store: string,
): UserError {
  const asked = [
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(fold === undefined ? [] : [`fold ${fold}`]),
  ];
  const what = [`No training of "${method}"`, ...asked].join(' ');
  if (finished.length > 0) {
    return new UserError(
      `${what} is finished in "${folder}"; finished: ${finished.map(repetitionName).join('; ')}.`,
    );
  }
  return new UserError(
    `${what} of "${folder}" is in the store "${store}". Name the store with --store if it is elsewhere, or run the ` +
      'comparison again.',
  );
}
