import { buildFrontEnd } from '../../data/features/front-end.js';
import type { FeatureSettings } from '../../data/features/settings.js';
import { UserError } from '../../errors.js';
import { type AugmentationSettings, createAugmentation } from '../../learning/augmentations/registry.js';
import { lastLayerInput } from '../../learning/corrections/last-layer.js';
import { withHead } from '../../learning/networks/head.js';
import { type Network, tapped } from '../../learning/networks/network.js';
import { allWeights, convolutionWeights } from '../../learning/networks/start-weights.js';
import { loadNetwork } from '../../learning/networks/store.js';
import type { Objective } from '../../learning/objectives/objective.js';
import { createObjective, objectiveName } from '../../learning/objectives/registry.js';
import { requireGradients, trainedWeights } from '../../learning/training/programs.js';
import { requireBatch } from '../../learning/training/require-clips.js';
import { augmentationOf } from '../config/augmentation.js';
import type { MethodSettings } from '../config/method.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment, NetworkSettings } from '../config/schema.js';
import type { DrawnSplits } from '../data/draw-splits.js';
import { checkLabels } from './check-labels.js';
import { inseparableTasks } from './inseparable-tasks.js';
import { type DefaultTap, defaultTapOf, tapOf } from './looks.js';
import { frozenNetwork, networkOf } from './network.js';
import { noiseOfTest } from './noise-of-test.js';
import { settingsWithoutEffect } from './settings-without-effect.js';
import { fittingPatterns, requirePatterns } from './weight-patterns.js';

/** Methods that were found to fit. */
export interface CheckedMethods {
  /** The target's network, with weights of zero: enough to look at its taps. */
  readonly network: Network;
  /** The names of the weights that each method trains, by its id: the network's, and those of its objectives. */
  readonly weights: ReadonlyMap<string, readonly string[]>;
}

/** An orthogonal task's network, with weights of zero where it is not trained yet. */
interface TaskNetwork {
  readonly name: string;
  readonly classes: number;
  readonly network: Network;
}

/**
 * Makes sure that every method's taps, labels and orthogonal networks exist and fit, and that networks that were given are some
 * that fit, before anything is computed.
 *
 * @param onNote told what of a given network is changed, or cannot be known
 * @throws UserError that names what does not exist and what does, or what does not fit.
 */
export async function checkMethods(
  experiment: Experiment,
  drawn: DrawnSplits,
  onNote: (note: string) => void = () => {},
): Promise<CheckedMethods> {
  const { classes, repetitions } = drawn;
  const told = new Set<string>();
  const tell = (note: string) => {
    if (!told.has(note)) onNote(note);
    told.add(note);
  };
  for (const note of settingsWithoutEffect(experiment)) tell(note);
  for (const note of noiseOfTest(experiment)) tell(note);
  for (const note of inseparableTasks(experiment, repetitions)) tell(note);
  const { frames, bins } = buildFrontEnd(experiment.features);
  const shape = [1, frames, bins] as const;
  const network = await networkOf(experiment.network, shape, classes.length);
  await tellHead(experiment.network, experiment.target, classes.length, tell);
  const tasks: TaskNetwork[] = [];
  for (const task of repetitions[0]?.tasks ?? []) {
    const { name, column, model, network: apart, training } = task.settings;
    // Here it is still called as the user calls it.
    const own = apart ?? experiment.network;
    const found =
      model === null
        ? await networkOf(own, shape, task.classes.length)
        : await frozenNetwork(model, shape, { column, classes: task.classes }, tell);
    tasks.push({ name, classes: task.classes.length, network: found });
    if (model !== null) continue;
    await tellHead(own, column, task.classes.length, tell);
    const trained = trainedWeights(found, []);
    requirePatterns('orthogonal.training', training, trained);
    if (own.model === null) continue;
    const { freeze } = fittingPatterns({ ...experiment.training, ...training }, trained);
    named(`The ${name} network cannot be trained.`, () => requireGradients(found, [], freeze));
  }
  const tap = defaultTapOf(experiment, network);
  tapped(network, tap.tap, tap.position);
  const weights = new Map<string, readonly string[]>();
  for (const method of methodsOf(experiment)) {
    requireStart(method, experiment.training, network, tasks);
    const objectives = objectivesOf(method, network, tasks, tap);
    for (const objective of objectives) requireBatch(objective, experiment.training.batch);
    const augmentation = augmentationOf(method, experiment.training);
    requireEffect(method.id, augmentation, experiment.features);
    tellUncached(method.id, objectives, augmentation, tell);
    const trained = weightsOf(method.id, network, objectives);
    weights.set(method.id, trained);
    // Those of the registry are made of what is trained through.
    if (experiment.network.model === null) continue;
    const { freeze } = fittingPatterns(experiment.training, trained);
    named(`The method "${method.id}" cannot be trained.`, () =>
      requireGradients(network, objectives, freeze),
    );
  }
  requirePatterns('training', experiment.training, [...weights.values()].flat());
  for (const { correction } of methodsOf(experiment)) {
    if (correction === null) continue;
    const at = tapOf(correction, tap);
    if (at !== undefined) tapped(network, at.tap, at.position);
    lastLayerInput(network);
  }
  checkLabels(experiment, drawn);
  return { network, weights };
}

/** Makes sure that augmentations change something of such features. */
function requireEffect(
  method: string,
  augmentation: readonly AugmentationSettings[],
  features: FeatureSettings,
): void {
  // What is standardised is not known yet, and has no part in it.
  const standardisation = { mean: [0], deviation: [1] };
  try {
    for (const settings of augmentation) createAugmentation(settings, { features, standardisation });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`The method "${method}": ${error.message}`, { cause: error });
  }
}

/** Says that a frozen network is asked in every step, where its answers would be kept otherwise. */
function tellUncached(
  method: string,
  objectives: readonly Objective[],
  augmentation: readonly unknown[],
  tell: (note: string) => void,
): void {
  const asked = objectives.some(({ frozen = [] }) => frozen.some(({ clips }) => clips === 'batch'));
  if (!asked || augmentation.length === 0) return;
  tell(
    `The method "${method}" asks its frozen network about augmented clips, which are others in every epoch: nothing of it ` +
      'is kept, and every step takes longer.',
  );
}

/** A method's objectives, made for the networks that they compare. */
function objectivesOf(
  { id, objectives }: MethodSettings,
  network: Network,
  tasks: readonly TaskNetwork[],
  tap: DefaultTap,
): Objective[] {
  return objectives.map((settings, index) => {
    const task = taskOf(id, settings.orthogonal, tasks);
    const at = tapOf(settings, tap);
    if (at !== undefined && 'frozenTap' in settings) {
      tapped(network, at.tap, at.position);
      requireFrozenTap(id, task.network, settings.frozenTap ?? at.tap, task.name);
    }
    return createObjective(settings, {
      name: objectiveName(settings, index),
      task,
      frozen: task.network,
      tap: { name: tap.tap, position: tap.position },
    });
  });
}

/** The weights that a method trains. Makes the step of its training, so that what does not fit the networks is found. */
function weightsOf(method: string, network: Network, objectives: readonly Objective[]): string[] {
  return named(`The method "${method}" does not fit its networks.`, () =>
    trainedWeights(network, objectives),
  );
}

/** What a check returns; what it finds is told behind what it is about. */
function named<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${what} ${error.message}`, { cause: error });
  }
}

/** The task that an objective names, or the first. */
function taskOf(method: string, name: string | null, tasks: readonly TaskNetwork[]): TaskNetwork {
  const found = name === null ? tasks[0] : tasks.find((task) => task.name === name);
  if (found !== undefined) return found;
  const names = tasks.map((task) => task.name);
  throw new UserError(
    `The method "${method}" names the orthogonal network "${name}"; there are ${names.join(', ')}.`,
  );
}

/** Makes sure that a method finds the weights that it is to start from. */
function requireStart(
  { id, start, startWeights: own }: MethodSettings,
  { startWeights: common }: Experiment['training'],
  network: Network,
  tasks: readonly TaskNetwork[],
): void {
  if (start === 'random') {
    if (own === undefined) return;
    throw new UserError(
      `The method "${id}" starts at random, and takes over no weights. Give it a start, such as orthogonal, or leave out startWeights.`,
    );
  }
  const task = start === 'orthogonal' ? tasks[0] : tasks.find(({ name }) => start === `orthogonal:${name}`);
  const weights =
    task === undefined
      ? allWeights(network)
      : convolutionWeights(task.network, network, `the ${task.name} network`);
  const key = own === undefined ? 'training' : `methods.${id}`;
  requirePatterns(key, { startWeights: own ?? common ?? [] }, Object.keys(weights));
}

/** A frozen network of another make names its convolutions otherwise. */
function requireFrozenTap(method: string, frozen: Network, tap: string, task: string): void {
  if (frozen.taps.has(tap)) return;
  throw new UserError(
    `The method "${method}" looks at "${tap}" of the ${task} network, which has none of that name. Name one of its own ` +
      `as frozenTap of the objective: ${[...frozen.taps.keys()].join(', ')}.`,
  );
}

/** Says what becomes of the last layer of a network that was given to be trained. */
async function tellHead(
  { model }: NetworkSettings,
  column: string,
  classes: number,
  tell: (note: string) => void,
): Promise<void> {
  if (model === null) return;
  const { replaced, withoutSoftmax } = withHead(await loadNetwork(model), classes);
  if (replaced !== undefined) {
    tell(
      `${model} has ${replaced} outputs; for the ${classes} classes of "${column}" its last layer is drawn anew.`,
    );
  }
  if (withoutSoftmax) tell(`The softmax at the end of ${model} is left out: the loss has its own.`);
}
