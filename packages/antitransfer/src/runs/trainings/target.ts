import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Random, type Tensor } from 'onnx-autograd';
import { linearCka } from '../../analysis/cka.js';
import { probe } from '../../analysis/probe.js';
import { testScores } from '../../analysis/scores.js';
import type { Vectors } from '../../analysis/vectors.js';
import type { PenaltySettings } from '../config/method.js';
import { UserError } from '../../errors.js';
import { deployableModel } from '../../learning/networks/deploy.js';
import type { Network } from '../../learning/networks/network.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import type { Penalty } from '../../learning/objectives/penalty.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { type Evaluation, evaluate, largest } from '../../learning/training/evaluate.js';
import { type Fit, fit } from '../../learning/training/fit.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { RoundData } from '../data/round-data.js';
import type { JobContext, MethodJob, MethodResult } from '../jobs/job.js';
import { networkOfConfig, tapOfConfig } from './network.js';
import { methodJobId, orthogonalJobId, places } from '../store/paths.js';
import type { EpochMetrics, Prediction, RunResult } from '../store/records.js';
import { allWeights, convolutionWeights } from './start-weights.js';

/** Trains the target task in one way, tests the chosen model once, and looks at what it still knows. */
export async function trainMethod(job: MethodJob, context: JobContext): Promise<MethodResult> {
  const { config, folder } = job;
  const data = await RoundData.open(folder, config, job.round);
  const { round, prepared } = data;
  const network = await networkOfConfig(
    config,
    prepared.shape,
    prepared.targetClasses.length,
    new Random(round.seed).fork('network'),
  );
  const tap = tapOfConfig(config, network);
  const orthogonals = await Promise.all(
    config.orthogonal.map(({ name }) =>
      loadNetwork(places.network(folder, orthogonalJobId(name, job.round))),
    ),
  );
  const penalties = job.method.penalties.map((settings, i) => penaltyOf(job, settings, i, tap, orthogonals));
  const [train, validation, test] = await Promise.all(
    [round.train, round.validation, round.test].map((c) => data.target(c)),
  );
  const auxiliary = await auxiliaryClips(job, data);
  const settings = { ...config.training, threads: job.threads };
  const observed = {
    network: orthogonals[0] as Network,
    tap: orthogonals[0]?.taps.has(tap)
      ? tap
      : ([...(orthogonals[0] as Network).taps.keys()].at(-1) as string),
    position: config.position,
    batch: settings.batch,
    threads: job.threads,
  };
  const [onValidation, onTest] = await observeMaps(observed, [validation as Dataset, test as Dataset]);
  await mkdir(places.job(folder, job.id), { recursive: true });

  const trained = await fit({
    network,
    observe: { tap, position: config.position },
    weights: await startWeights(job, network, orthogonals),
    penalties,
    train: train as Dataset,
    validation: validation as Dataset,
    ...(auxiliary && { auxiliary }),
    settings,
    seed: round.seed,
    folder: places.job(folder, job.id),
    thread: 'inline',
    compiledCache: job.compiledCache,
    signal: context.signal,
    alignment: (maps, channels) => alignment(maps, channels, onValidation as Float32Array),
    onBatch: (place) => context.onEvent({ kind: 'batch', ...place }),
    onEpoch: (metrics) => {
      void appendMetrics(job, metrics);
      context.onEvent({ kind: 'epoch', metrics });
    },
  });
  const evaluation = await evaluate(trained.session, test as Dataset, settings.batch);
  await trained.session.close();
  await writeModels(job, data, network, trained);
  const predictions = predictionsOf(data, evaluation);
  const contradicting = new Set(round.contradicting?.map((clip) => prepared.clips[clip]?.id ?? ''));
  const run: RunResult = {
    method: job.method.id,
    seed: round.seed,
    fold: round.fold,
    bestEpoch: trained.bestEpoch,
    seconds: trained.seconds,
    test: testScores(predictions, prepared.targetClasses, contradicting),
    cka: alignment(evaluation.maps, evaluation.channels, onTest as Float32Array),
    probe: await probeOrthogonal(data, evaluation, {
      ...observed,
      network: withWeights(network, trained.weights),
      tap,
    }),
    epochs: trained.epochs,
    predictions,
  };
  return { kind: 'method', run };
}

function penaltyOf(
  { config }: MethodJob,
  settings: PenaltySettings,
  place: number,
  tap: string,
  orthogonals: readonly Network[],
): Penalty {
  const { similarity, aggregation, beta, clips, shuffled } = settings;
  const position = settings.position ?? config.position;
  const task =
    settings.orthogonal === null
      ? 0
      : config.orthogonal.findIndex(({ name }) => name === settings.orthogonal);
  const frozen = orthogonals[task];
  if (frozen === undefined) {
    const names = config.orthogonal.map(({ name }) => name).join(', ');
    throw new UserError(
      `A penalty names the orthogonal network "${settings.orthogonal}"; there are ${names}.`,
    );
  }
  const name = place === 0 ? similarity : `${similarity}-${place + 1}`;
  return { name, frozen, tap: settings.tap ?? tap, position, aggregation, similarity, beta, clips, shuffled };
}

/** The clips of penalties that look at clips of their own: those that their orthogonal network learned from. */
async function auxiliaryClips({ method, config }: MethodJob, data: RoundData): Promise<Dataset | undefined> {
  const asking = method.penalties.filter(({ clips }) => clips === 'auxiliary');
  if (asking.length === 0) return undefined;
  const tasks = asking.map(({ orthogonal }) =>
    Math.max(
      0,
      config.orthogonal.findIndex(({ name }) => name === orthogonal),
    ),
  );
  if (new Set(tasks).size > 1) {
    throw new UserError(
      `The method "${method.id}" has penalties on auxiliary clips of two orthogonal tasks; one is possible.`,
    );
  }
  const task = tasks[0] as number;
  return data.orthogonal(task, data.round.orthogonal[task]?.train ?? []);
}

async function startWeights(
  job: MethodJob,
  network: Network,
  orthogonals: readonly Network[],
): Promise<Record<string, Tensor>> {
  const { start } = job.method;
  if (start === 'random') return {};
  if (start === 'orthogonal')
    return convolutionWeights(orthogonals[0] as Network, network, 'the orthogonal network');
  return allWeights(await loadNetwork(places.network(job.folder, methodJobId(start, job.round))));
}

/** Linear CKA of two sets of maps of the same clips. */
function alignment(maps: Float32Array, channels: number, orthogonal: Float32Array): number {
  const clips = maps.length / channels;
  return linearCka(rowsOf(maps, clips), rowsOf(orthogonal, clips));
}

function rowsOf(data: Float32Array, rows: number): Vectors {
  const columns = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns));
}

async function appendMetrics(job: MethodJob, metrics: EpochMetrics): Promise<void> {
  await appendFile(places.metrics(job.folder, job.id), `${JSON.stringify(metrics)}\n`);
}

async function writeModels(job: MethodJob, data: RoundData, network: Network, trained: Fit): Promise<void> {
  const best = withWeights(network, trained.weights);
  await saveNetwork(places.network(job.folder, job.id), best);
  const model = places.model(job.folder, job.id);
  await mkdir(dirname(model), { recursive: true });
  const card = {
    target: job.config.target,
    classes: data.prepared.targetClasses,
    features: job.config.features,
    standardisation: data.standardisation,
    method: `${job.config.name}: ${job.method.id}, seed ${data.round.seed}, epoch ${trained.bestEpoch}`,
  };
  await writeFile(model, deployableModel(best, card));
  // A resumed training may have told an epoch twice: the finished file holds each once.
  const lines = trained.epochs.map((metrics) => `${JSON.stringify(metrics)}\n`).join('');
  await writeFile(places.metrics(job.folder, job.id), lines);
}

/**
 * How well the orthogonal label can still be read at the tap, by probes that did not see the clip: from the test clips,
 * or, where those do not have two labels, from the clips of the orthogonal task.
 */
async function probeOrthogonal(
  data: RoundData,
  { maps }: Evaluation,
  observed: Observed,
): Promise<RunResult['probe']> {
  const { test, seed, orthogonal } = data.round;
  const column = data.config.orthogonal[0]?.column as string;
  const random = new Random(seed).fork('probe');
  const labels = data.labels(test, column);
  const known = labels.flatMap((label, row) => (label === undefined ? [] : [row]));
  if (new Set(known.map((row) => labels[row])).size > 1) {
    const vectors = rowsOf(maps, test.length);
    return probe(
      known.map((row) => vectors[row] as Float32Array),
      known.map((row) => labels[row] as string),
      { random },
    );
  }
  const clips = [...(orthogonal[0]?.train ?? []), ...(orthogonal[0]?.validation ?? [])];
  const [others] = await observeMaps(observed, [await data.orthogonal(0, clips)]);
  return probe(rowsOf(others as Float32Array, clips.length), data.labels(clips, column) as string[], {
    random,
  });
}

function predictionsOf(data: RoundData, { probabilities }: Evaluation): Prediction[] {
  const { round, prepared, config } = data;
  const classes = prepared.targetClasses;
  const truth = data.labels(round.test, config.target);
  const orthogonal = data.labels(round.test, config.orthogonal[0]?.column as string);
  return rowsOf(probabilities, round.test.length).map((row, i) => ({
    clip: prepared.clips[round.test[i] as number]?.id ?? '',
    truth: truth[i] ?? '',
    predicted: classes[largest(row)] ?? '',
    orthogonal: orthogonal[i] ?? '',
    probabilities: Array.from(row),
  }));
}
