import { rm } from 'node:fs/promises';
import { Random, sizeAt, type Tensor } from 'onnx-autograd';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { FrontEndSession } from '../../data/features/front-end-session.js';
import type { Augmentation } from '../../learning/augmentations/definition.js';
import { augmentsSamples, createAugmentation } from '../../learning/augmentations/registry.js';
import { lastConvolution, type Network, tapped } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { allWeights, convolutionWeights, takenWeights } from '../../learning/networks/start-weights.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import type { Objective } from '../../learning/objectives/objective.js';
import { createObjective, objectiveName } from '../../learning/objectives/registry.js';
import type { ClipSound } from '../../learning/training/augment.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { type Fit, fit } from '../../learning/training/fit.js';
import { itemAt } from '../../lookup.js';
import { ClipLoader, labelsOf } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { networkOfJob } from '../plan/network.js';
import { describeEnvironment } from '../store/environment.js';
import { deviceOf, type TargetJob } from '../store/job.js';
import type { TargetRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { EpochMaps } from '../store/validation-maps.js';
import { observedClips } from './observed-clips.js';
import { factsOf } from './stored-facts.js';
import { loadTasks, type TaskParts } from './task-parts.js';

/** Trains the target task in one way, and keeps what the network said of validation clips after each epoch. */
export async function trainTarget(job: TargetJob, context: JobContext): Promise<TargetRecord> {
  const loader = await ClipLoader.open(context.store, job.features, job.standardisation);
  try {
    return await trainOn(loader, job, context);
  } finally {
    await loader.close();
  }
}

async function trainOn(loader: ClipLoader, job: TargetJob, context: JobContext): Promise<TargetRecord> {
  const { folder } = context;
  const parts = await build(loader, job, context);
  const maps = epochMapsOf(job, context, parts);
  const trained = await withSound(loader, job, (sound) =>
    train(job, context, sound === undefined ? parts : { ...parts, sound }, maps),
  );
  await trained.session.close();
  const kept = await maps.pack(folder.maps, trained.epochs.length);
  if (kept === undefined) {
    // What an epoch said is damaged or gone: it cannot be told without the weights that it had.
    await rm(folder.training, { recursive: true });
    return trainOn(loader, job, context);
  }
  const { mean, deviation } = loader.standardisation;
  const network = withWeights(parts.bare, trained.weights);
  return {
    kind: 'target',
    version: 2,
    network: await saveNetwork(folder.network, network, factsOf(job, loader)),
    maps: kept,
    standardisation: { mean: [...mean], deviation: [...deviation] },
    bestEpoch: trained.bestEpoch,
    seconds: trained.seconds,
    epochs: [...trained.epochs],
    environment: await describeEnvironment(deviceOf(job)),
  };
}

/** What is trained, and on what. */
interface Parts {
  /** Standardised features in: what is stored. */
  readonly bare: Network;
  /** The same behind the standardisation: what is trained. */
  readonly network: Network;
  readonly weights: Record<string, Tensor>;
  readonly objectives: readonly Objective[];
  readonly train: Dataset;
  readonly augmentations: readonly Augmentation[];
  readonly validation: Dataset;
  /** The clips of orthogonal tasks that objectives look at, by the task's name. */
  readonly auxiliary: Readonly<Record<string, Dataset>>;
}

async function build(loader: ClipLoader, job: TargetJob, { store }: JobContext): Promise<Parts> {
  const train = await loader.load(job.train, job.column, job.classes);
  const validation = await withGroups(await loader.load(job.validation, job.column, job.classes), job, store);
  const random = new Random(job.seed).fork('network');
  const { shape } = train.features;
  const modelPath = (digest: string) => store.model(digest);
  const bare = await networkOfJob(job.network, modelPath, shape, job.classes.length, random);
  const network = standardised(bare, loader.standardisation);
  const tasks = await loadTasks(job, loader);
  return {
    bare,
    network,
    weights: await startWeights(job, loader, network),
    objectives: objectivesOf(job, network, tasks),
    train: { ...train, groups: byName(tasks, ({ groups }) => groups) },
    augmentations: (job.augmentation ?? []).map((settings) =>
      createAugmentation(settings, { features: job.features, standardisation: loader.standardisation }),
    ),
    validation,
    auxiliary: byName(tasks, ({ clips }) => clips),
  };
}

/** Validation clips with the groups of which the worst chooses the epoch, where it does: labels as they are found, -1 without one. */
async function withGroups(validation: Dataset, { groups }: TargetJob, store: Store): Promise<Dataset> {
  if (groups === undefined) return validation;
  const labels = labelsOf(await store.set(groups.clips), groups.column);
  const known = [...new Set(labels)].filter((label) => label !== undefined);
  const numbered = Int32Array.from(labels, (label) => (label === undefined ? -1 : known.indexOf(label)));
  return { ...validation, groups: { [groups.column]: numbered } };
}

/** One part of each task that has it, by the task's name. */
function byName<T>(tasks: readonly TaskParts[], part: (task: TaskParts) => T | undefined): Record<string, T> {
  return Object.fromEntries(
    tasks.flatMap((task) => {
      const found = part(task);
      return found === undefined ? [] : [[task.name, found]];
    }),
  );
}

async function startWeights(
  { start, training: { startWeights: taken } }: TargetJob,
  { store, standardisation }: ClipLoader,
  network: Network,
): Promise<Record<string, Tensor>> {
  if (start.from === 'random') return {};
  const from = await loadNetwork(store.job(start.job).network);
  if (start.from === 'target') return takenWeights(allWeights(from), taken);
  const task = await store.job(start.job).job();
  const column = task !== undefined && 'column' in task ? task.column : 'orthogonal task';
  const all = convolutionWeights(standardised(from, standardisation), network, `the network of ${column}`);
  return takenWeights(all, taken);
}

function objectivesOf(job: TargetJob, network: Network, tasks: readonly TaskParts[]): Objective[] {
  return job.objectives.map(({ settings, task }, i) => {
    const name = objectiveName(settings, i);
    const own = task === null ? undefined : itemAt(tasks, task);
    return createObjective(settings, {
      name,
      task: { name: own?.name ?? 'none', classes: own?.classes ?? 0 },
      get frozen() {
        // Whoever asks for it, and did not say so when jobs were planned, must not get another network.
        if (own?.frozen !== undefined) return own.frozen;
        throw new Error(`The objective "${name}" looks at a frozen network that is no part of its job.`);
      },
      // Where it looks is in its settings.
      tap: { name: lastConvolution(network), position: job.position },
    });
  });
}

function epochMapsOf(job: TargetJob, { id, folder }: JobContext, { network, validation }: Parts): EpochMaps {
  return new EpochMaps(folder.training, id, {
    clips: observedClips(validation.labels.length).length,
    taps: [...network.taps.keys()].map((name) => ({
      name,
      channels: sizeAt(tapped(network, name, job.position), 1),
    })),
  });
}

/** Trains with the samples of the training clips, where they are changed. */
async function withSound(
  loader: ClipLoader,
  job: TargetJob,
  trained: (sound: ClipSound | undefined) => Promise<Fit>,
): Promise<Fit> {
  if (!augmentsSamples(job.augmentation ?? [])) return trained(undefined);
  const samples = await loader.loadSamples(job.train);
  const session = await FrontEndSession.create(buildFrontEnd(job.features));
  try {
    return await trained({
      samples,
      length: session.frontEnd.samples,
      features: (segments) => session.run(segments),
    });
  } finally {
    await session.close();
  }
}

function train(
  job: TargetJob,
  { id, folder, execution, compiledCache, signal, tell }: JobContext,
  { bare: _, ...parts }: Parts & { readonly sound?: ClipSound },
  maps: EpochMaps,
): Promise<Fit> {
  const { epochs } = job.training;
  return fit({
    ...parts,
    observe: maps.shape.taps.map(({ name }) => ({ tap: name, position: job.position })),
    observeClips: observedClips(parts.validation.labels.length),
    settings: job.training,
    execution,
    seed: job.seed,
    device: deviceOf(job),
    folder: folder.training,
    identity: id,
    thread: 'inline',
    compiledCache,
    signal,
    onValidation: (epoch, evaluation) => maps.write(epoch, evaluation.maps),
    onBatch: (progress) => tell({ kind: 'batch', epochs, ...progress }),
    onEpoch: (metrics) => tell({ kind: 'epoch', epochs, metrics }),
  });
}
