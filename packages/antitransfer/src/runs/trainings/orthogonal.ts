import { Random } from 'onnx-autograd';
import { chanceOver } from '../../analysis/chance.js';
import { recordOf } from '../../files/digest.js';
import { readWhole } from '../../files/read-whole.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import { evaluate } from '../../learning/training/evaluate.js';
import { fit } from '../../learning/training/fit.js';
import { ClipLoader } from '../data/load-clips.js';
import type { OrthogonalJob } from '../jobs/job.js';
import type { JobContext } from '../jobs/job-context.js';
import { describeEnvironment } from '../store/environment.js';
import type { OrthogonalRecord } from '../store/records.js';
import { networkOfJob } from './network.js';

/** Trains a network on an orthogonal task; one that was given is tested alone. */
export async function trainOrthogonal(job: OrthogonalJob, context: JobContext): Promise<OrthogonalRecord> {
  const { store, folder, execution, tell } = context;
  const loader = await ClipLoader.open(store, job.features, job.standardisation);
  const train = await loader.load(job.train, job.column, job.classes);
  const validation = await loader.load(job.validation, job.column, job.classes);
  const random = new Random(job.seed).fork('orthogonal');
  const network =
    job.given === null
      ? await networkOfJob(job, (digest) => store.model(digest), train.shape, job.classes.length, random)
      : await loadNetwork(store.model(job.given));
  const epochs = job.given === null ? job.training.epochs : 0;
  const trained = await fit({
    network,
    train,
    validation,
    settings: { ...job.training, epochs },
    execution,
    seed: job.seed,
    folder: folder.training,
    identity: context.id,
    thread: 'inline',
    compiledCache: context.compiledCache,
    signal: context.signal,
    onBatch: (progress) => tell({ kind: 'batch', epochs, ...progress }),
    onEpoch: (metrics) => tell({ kind: 'epoch', epochs, metrics }),
  });
  const { accuracy } = await evaluate(trained.session, validation, job.training.batch);
  await trained.session.close();
  await saveNetwork(folder.network, withWeights(network, trained.weights));
  return {
    version: 1,
    kind: 'orthogonal',
    network: recordOf((await readWhole(folder.network)) ?? new Uint8Array()),
    accuracy,
    chance: chanceOver([[...validation.labels].map(String)]),
    given: job.given !== null,
    seconds: trained.seconds,
    environment: await describeEnvironment(),
  };
}
