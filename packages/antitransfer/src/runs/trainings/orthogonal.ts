import { Random } from 'onnx-autograd/random';
import { standardised } from '../../learning/networks/standardised.js';
import { saveNetwork, withWeights } from '../../learning/networks/store.js';
import { evaluate } from '../../learning/training/evaluate.js';
import { fit } from '../../learning/training/fit.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { networkOfJob } from '../plan/network.js';
import { describeEnvironment } from '../store/environment.js';
import { deviceOf, type OrthogonalJob } from '../store/job.js';
import type { OrthogonalRecord } from '../store/records.js';
import { clipScores } from './clip-scores.js';
import { factsOf } from './stored-facts.js';

/** Trains a network on an orthogonal task. */
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
  const modelPath = (digest: string) => store.model(digest);
  const network = await networkOfJob(job.network, modelPath, shape, job.classes.length, random);
  const { epochs } = job.training;
  const trained = await fit({
    network: standardised(network, loader.standardisation),
    train,
    validation,
    settings: job.training,
    execution,
    seed: job.seed,
    device: deviceOf(job),
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
  return {
    kind: 'orthogonal',
    version: 2,
    network: await saveNetwork(folder.network, withWeights(network, trained.weights), factsOf(job, loader)),
    ...clipScores(await store.set(job.validation), validation, evaluation),
    given: false,
    seconds: trained.seconds,
    environment: await describeEnvironment(deviceOf(job)),
  };
}
