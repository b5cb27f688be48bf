import { Random } from 'onnx-autograd/random';
import { chanceOver } from '../../analysis/chance.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import { evaluate } from '../../learning/training/evaluate.js';
import { fit } from '../../learning/training/fit.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { networkOfJob } from '../plan/network.js';
import { describeEnvironment } from '../store/environment.js';
import type { OrthogonalJob } from '../store/job.js';
import type { OrthogonalRecord } from '../store/records.js';
import { requireAnswers } from './given-network.js';

/** Trains a network on an orthogonal task; one that was given is only tested. */
export async function trainOrthogonal(job: OrthogonalJob, context: JobContext): Promise<OrthogonalRecord> {
  const loader = await ClipLoader.open(context.store, job.features, job.standardisation);
  try {
    return await trainOn(loader, job, context);
  } finally {
    await loader.close();
  }
}

async function trainOn(
  loader: ClipLoader,
  job: OrthogonalJob,
  { id, store, folder, execution, compiledCache, signal, tell }: JobContext,
): Promise<OrthogonalRecord> {
  const train = await loader.load(job.train, job.column, job.classes);
  const validation = await loader.load(job.validation, job.column, job.classes);
  const random = new Random(job.seed).fork('orthogonal');
  const { shape } = train.features;
  const network =
    job.given === null
      ? await networkOfJob(job, (digest) => store.model(digest), shape, job.classes.length, random)
      : await loadNetwork(store.model(job.given));
  const epochs = job.given === null ? job.training.epochs : 0;
  const trained = await fit({
    network: standardised(network, loader.standardisation),
    train,
    validation,
    settings: { ...job.training, epochs },
    execution,
    seed: job.seed,
    folder: folder.training,
    identity: id,
    thread: 'inline',
    compiledCache,
    signal,
    onBatch: (progress) => tell({ kind: 'batch', epochs, ...progress }),
    onEpoch: (metrics) => tell({ kind: 'epoch', epochs, metrics }),
  });
  const evaluation = await evaluate(trained.session, validation, job.training.batch).finally(() =>
    trained.session.close(),
  );
  if (job.given !== null) requireAnswers(evaluation, job.column);
  const saved = await saveNetwork(folder.network, withWeights(network, trained.weights));
  return {
    version: 1,
    kind: 'orthogonal',
    network: saved,
    accuracy: evaluation.accuracy,
    chance: chanceOver([[...validation.labels].map(String)]),
    given: job.given !== null,
    seconds: trained.seconds,
    environment: await describeEnvironment(),
  };
}
