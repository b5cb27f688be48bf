import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import type { Config } from '../config/schema.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import { type Dataset, sizeOf } from '../../learning/training/dataset.js';
import { evaluate } from '../../learning/training/evaluate.js';
import { fit } from '../../learning/training/fit.js';
import { type TrainingSettings, trainingSettings } from '../../learning/training/settings.js';
import { RoundData } from '../data/round-data.js';
import type { JobContext, OrthogonalJob, OrthogonalResult } from '../jobs/job.js';
import { networkOfConfig } from './network.js';
import { places } from '../store/paths.js';

/** Raised whenever the same settings would train another network, so that kept ones are not used. */
const version = 1;

/** Trains a network on an orthogonal task, unless one of the same data and settings is kept already. */
export async function trainOrthogonal(job: OrthogonalJob, context: JobContext): Promise<OrthogonalResult> {
  const data = await RoundData.open(job.folder, job.config, job.round);
  const {
    classes,
    train: trainClips,
    validation: validationClips,
  } = data.round.orthogonal[job.task] as (typeof data.round.orthogonal)[number];
  const train = await data.orthogonal(job.task, trainClips);
  const validation = await data.orthogonal(job.task, validationClips);
  const settings = orthogonalTraining(job.config, job.task, job.threads);
  const target = places.network(job.folder, job.id);
  await mkdir(places.job(job.folder, job.id), { recursive: true });
  const given = job.config.orthogonal[job.task]?.model ?? null;
  const seed = data.round.seed;
  const key = keyOf(job.config, settings, seed, train, validation);
  const kept = join(job.networkCache, key);
  const keptInfo = await readInfo(join(kept, 'info.json'));
  if (keptInfo !== undefined && given === null) {
    await copyFile(join(kept, 'network.onnx'), target);
    return { kind: 'orthogonal', network: target, ...keptInfo, reused: true };
  }
  const network =
    given === null
      ? await networkOfConfig(
          job.config,
          data.prepared.shape,
          classes.length,
          new Random(seed).fork('orthogonal'),
        )
      : await loadNetwork(given);
  const trained = await fit({
    network,
    train,
    validation,
    settings: given === null ? settings : { ...settings, epochs: 0 },
    seed,
    folder: places.job(job.folder, job.id),
    thread: 'inline',
    compiledCache: job.compiledCache,
    signal: context.signal,
    onBatch: (place) => context.onEvent({ kind: 'batch', ...place }),
    onEpoch: (metrics) => context.onEvent({ kind: 'epoch', metrics }),
  });
  const { accuracy } = await evaluate(trained.session, validation, settings.batch);
  await trained.session.close();
  await saveNetwork(target, withWeights(network, trained.weights));
  const info = { accuracy, chance: chanceOf(validation) };
  if (given === null) await keep(kept, target, info);
  return { kind: 'orthogonal', network: target, ...info, reused: given !== null };
}

/** The target's training settings, and what differs for the orthogonal network. */
function orthogonalTraining(config: Config, task: number, threads: number): TrainingSettings {
  const { training } = config.orthogonal[task] as Config['orthogonal'][number];
  return trainingSettings.parse({ ...config.training, freeze: [], ...training, threads });
}

/** Names everything that the trained network depends on. */
function keyOf(
  config: Config,
  settings: TrainingSettings,
  seed: number,
  ...sides: readonly Dataset[]
): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify({
      version,
      seed,
      network: config.network,
      settings: { ...settings, checkpointSeconds: 0 },
    }),
  );
  for (const { shape, features, labels } of sides) {
    hash.update(JSON.stringify(shape));
    hash.update(new Uint8Array(features.buffer, features.byteOffset, features.byteLength));
    hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  }
  return hash.digest('hex').slice(0, 32);
}

type Info = Pick<OrthogonalResult, 'accuracy' | 'chance'>;

async function readInfo(path: string): Promise<Info | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Info);
}

async function keep(folder: string, network: string, info: Info): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `network.onnx.${process.pid}`);
  await copyFile(network, draft);
  await rename(draft, join(folder, 'network.onnx'));
  await writeFile(join(folder, 'info.json'), JSON.stringify(info));
}

/** Accuracy of always naming the most frequent class. */
function chanceOf(data: Dataset): number {
  const counts = new Map<number, number>();
  for (const label of data.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / sizeOf(data);
}
