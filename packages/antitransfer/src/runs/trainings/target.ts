import { Random, type Tensor } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import type { Network } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork, saveNetwork, withWeights } from '../../learning/networks/store.js';
import type { Objective } from '../../learning/objectives/objective.js';
import {
  createObjective,
  describeObjective,
  type ObjectiveSettings,
} from '../../learning/objectives/registry.js';
import { type Dataset, encodeLabels } from '../../learning/training/dataset.js';
import { requireFinite } from '../../learning/training/divergence.js';
import { evaluate } from '../../learning/training/evaluate.js';
import { type Fit, fit } from '../../learning/training/fit.js';
import type { Observed } from '../../learning/training/observe.js';
import { ClipLoader, labelsOf } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { lastTap, networkOfJob } from '../plan/network.js';
import { describeEnvironment } from '../store/environment.js';
import type { TargetJob } from '../store/job.js';
import type { TargetRecord } from '../store/records.js';
import { alignment, assessTask, type ReferenceMaps, referenceMaps, rowsOf } from './assess.js';
import { allWeights, convolutionWeights } from './start-weights.js';

/** Trains the target task in one way, tests the chosen model once, and looks at what it still knows. */
export async function trainTarget(job: TargetJob, context: JobContext): Promise<TargetRecord> {
  const loader = await ClipLoader.open(context.store, job.features, job.standardisation);
  try {
    const clips = await load(job, loader);
    const parts = await build(job, context, clips);
    const trained = await train(job, context, clips, parts);
    const record = await test(job, context, clips, parts, trained);
    const network = await saveNetwork(context.folder.network, withWeights(parts.bare, trained.weights));
    return { ...record, network };
  } finally {
    await loader.close();
  }
}

/** The clips of each side, labelled by the target. */
interface Clips {
  readonly loader: ClipLoader;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
  /** Those of orthogonal tasks that objectives look at, by the task's name. */
  readonly auxiliary: Readonly<Record<string, Dataset>>;
}

async function load(job: TargetJob, loader: ClipLoader): Promise<Clips> {
  const side = (name: string) => loader.load(name, job.column, job.classes);
  return {
    loader,
    train: { ...(await side(job.train)), groups: await groupLabels(job, loader) },
    validation: await side(job.validation),
    test: await side(job.test),
    auxiliary: await auxiliaryClips(job, loader),
  };
}

/** The clips of tasks that objectives look at: those that the task's network learned from. */
async function auxiliaryClips(job: TargetJob, loader: ClipLoader): Promise<Record<string, Dataset>> {
  const clips: Record<string, Dataset> = {};
  for (const settings of job.objectives) {
    if (!('clips' in settings) || settings.clips !== 'auxiliary') continue;
    const { name, train, column, classes } = taskOf(job, settings);
    clips[name] ??= await loader.load(train, column, classes);
  }
  return clips;
}

/** Each training clip's class of the tasks whose labels objectives look at. */
async function groupLabels(job: TargetJob, loader: ClipLoader): Promise<Record<string, Int32Array>> {
  const groups: Record<string, Int32Array> = {};
  for (const task of job.tasks) {
    const set = job.groups?.[task.name];
    if (set === undefined) continue;
    groups[task.name] = encodeLabels(
      labelsOf(await loader.store.set(set), task.column),
      task.classes,
      task.column,
    );
  }
  return groups;
}

/** What is trained, and what it is compared with. */
interface Parts {
  /** Standardised features in: what is stored. */
  readonly bare: Network;
  /** The same behind the standardisation: what is trained. */
  readonly network: Network;
  readonly weights: Record<string, Tensor>;
  readonly objectives: readonly Objective[];
  readonly tap: string;
  readonly references: readonly ReferenceMaps[];
}

async function build(job: TargetJob, context: JobContext, clips: Clips): Promise<Parts> {
  const { store } = context;
  const random = new Random(job.seed).fork('network');
  const { standardisation } = clips.loader;
  const { shape } = clips.train.features;
  const bare = await networkOfJob(job, (model) => store.model(model), shape, job.classes.length, random);
  const network = standardised(bare, standardisation);
  const tap = job.tap ?? lastTap(network);
  const orthogonals = new Map<string, Network>();
  const references: ReferenceMaps[] = [];
  for (const task of job.tasks) {
    const orthogonal = standardised(await loadNetwork(store.job(task.job).network), standardisation);
    orthogonals.set(task.name, orthogonal);
    const observed = observedOf(
      orthogonal,
      orthogonal.taps.has(tap) ? tap : lastTap(orthogonal),
      job,
      context,
    );
    references.push(await referenceMaps(task, observed, clips.validation, clips.test));
  }
  return {
    bare,
    network,
    tap,
    references,
    weights: await startWeights(job, context, network, orthogonals),
    objectives: objectivesOf(job, tap, orthogonals),
  };
}

function observedOf(network: Network, tap: string, job: TargetJob, { execution }: JobContext): Observed {
  const { position, training } = job;
  return { network, tap, position, batch: training.batch, threads: execution.threads ?? 1 };
}

async function startWeights(
  { start }: TargetJob,
  { store }: JobContext,
  network: Network,
  orthogonals: ReadonlyMap<string, Network>,
): Promise<Record<string, Tensor>> {
  switch (start.from) {
    case 'random':
      return {};
    case 'orthogonal':
      return convolutionWeights(
        networkOfTask(orthogonals, start.task),
        network,
        `the network of ${start.task}`,
      );
    case 'target':
      return allWeights(await loadNetwork(store.job(start.job).network));
  }
}

function objectivesOf(job: TargetJob, tap: string, orthogonals: ReadonlyMap<string, Network>): Objective[] {
  return job.objectives.map((settings, i) => {
    const { label } = describeObjective(settings);
    const task = taskOf(job, settings);
    return createObjective(settings, {
      name: i === 0 ? label : `${label}-${i + 1}`,
      task: { name: task.name, classes: task.classes.length },
      frozen: networkOfTask(orthogonals, task.name),
      tap: { name: tap, position: job.position },
    });
  });
}

async function train(
  job: TargetJob,
  context: JobContext,
  { train: trainClips, validation, auxiliary }: Clips,
  { network, weights, objectives, tap, references }: Parts,
): Promise<Fit> {
  const { epochs } = job.training;
  return fit({
    network,
    observe: { tap, position: job.position },
    weights,
    objectives,
    train: trainClips,
    validation,
    auxiliary,
    settings: job.training,
    execution: context.execution,
    seed: job.seed,
    folder: context.folder.training,
    identity: context.id,
    thread: 'inline',
    compiledCache: context.compiledCache,
    signal: context.signal,
    measures: Object.fromEntries(
      references.map(({ task, validation: reference }) => [
        `cka.${task.name}`,
        ({ maps, channels }) => alignment(maps, channels, reference),
      ]),
    ),
    onBatch: (progress) => context.tell({ kind: 'batch', epochs, ...progress }),
    onEpoch: (metrics) => context.tell({ kind: 'epoch', epochs, metrics }),
  });
}

async function test(
  job: TargetJob,
  context: JobContext,
  { loader, test: testClips }: Clips,
  { network, tap, references }: Parts,
  { session, weights, bestEpoch, epochs, seconds }: Fit,
): Promise<Omit<TargetRecord, 'network'>> {
  const evaluation = await evaluate(session, testClips, job.training.batch).finally(() => session.close());
  requireFinite(evaluation, { clips: 'test', epoch: bestEpoch, settings: job.training });
  const observed = observedOf(withWeights(network, weights), tap, job, context);
  const tasks: TargetRecord['tasks'] = [];
  for (const reference of references) {
    tasks.push(await assessTask(reference, job, loader, evaluation, observed));
  }
  return {
    version: 1,
    kind: 'target',
    standardisation: {
      mean: [...loader.standardisation.mean],
      deviation: [...loader.standardisation.deviation],
    },
    bestEpoch,
    seconds,
    epochs: [...epochs],
    accuracy: evaluation.accuracy,
    probabilities: rowsOf(evaluation.probabilities, testClips.labels.length).map((row) => Array.from(row)),
    tasks,
    environment: await describeEnvironment(),
  };
}

/** The orthogonal task that an objective names. */
function taskOf(job: TargetJob, { orthogonal }: ObjectiveSettings): TargetJob['tasks'][number] {
  const found = job.tasks.find((task) => task.name === orthogonal);
  if (found !== undefined) return found;
  const names = job.tasks.map((task) => task.name).join(', ');
  throw new UserError(`An objective names the orthogonal network "${orthogonal}"; there are ${names}.`);
}

function networkOfTask(orthogonals: ReadonlyMap<string, Network>, name: string): Network {
  const found = orthogonals.get(name);
  if (found !== undefined) return found;
  throw new UserError(
    `There is no orthogonal network "${name}"; there are ${[...orthogonals.keys()].join(', ')}.`,
  );
}
