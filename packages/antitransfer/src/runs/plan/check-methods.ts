import { matchesAny } from 'onnx-autograd/internal';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { UserError } from '../../errors.js';
import { withHead } from '../../learning/networks/head.js';
import { type Network, tapped } from '../../learning/networks/network.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment, NetworkSettings } from '../config/schema.js';
import type { DrawnSplits } from '../data/draw-splits.js';
import { checkLabels } from './check-labels.js';
import { inseparableTasks } from './inseparable-tasks.js';
import { frozenNetwork, lastTap, networkOf } from './network.js';
import { settingsWithoutEffect } from './settings-without-effect.js';

/**
 * Makes sure that every method's taps, labels and orthogonal networks exist, and that networks that were given are some that fit,
 * before anything is computed.
 *
 * @param onNote told what of a given network is changed, or cannot be known
 * @returns the target's network, with weights of zero: enough to look at its taps
 * @throws UserError that names what does not exist and what does.
 */
export async function checkMethods(
  experiment: Experiment,
  { classes, repetitions }: DrawnSplits,
  onNote: (note: string) => void = () => {},
): Promise<Network> {
  const told = new Set<string>();
  const tell = (note: string) => {
    if (!told.has(note)) onNote(note);
    told.add(note);
  };
  for (const note of settingsWithoutEffect(experiment)) tell(note);
  for (const note of inseparableTasks(experiment, repetitions)) tell(note);
  const { frames, bins } = buildFrontEnd(experiment.features);
  const shape = [1, frames, bins] as const;
  const network = await networkOf(experiment.network, shape, classes.length);
  await tellHead(experiment.network, experiment.target, classes.length, tell);
  requirePatterns(experiment, network);
  const networks = new Map<string, Network>();
  for (const task of repetitions[0]?.tasks ?? []) {
    const { model } = task.settings;
    // Here it is still called as the user calls it.
    const own = task.settings.network ?? experiment.network;
    const frozen =
      model === null
        ? await networkOf(own, shape, task.classes.length)
        : await frozenNetwork(model, shape, { column: task.settings.column, classes: task.classes }, tell);
    networks.set(task.settings.name, frozen);
    if (model === null) await tellHead(own, task.settings.column, task.classes.length, tell);
  }
  const tap = experiment.tap ?? lastTap(network);
  tapped(network, tap, experiment.position);
  for (const { id, objectives } of methodsOf(experiment)) {
    for (const settings of objectives) {
      const name = settings.orthogonal ?? experiment.orthogonal[0].name;
      const frozen = networks.get(name);
      if (frozen === undefined) {
        const names = [...networks.keys()].join(', ');
        throw new UserError(`The method "${id}" names the orthogonal network "${name}"; there are ${names}.`);
      }
      const own = 'tap' in settings ? (settings.tap ?? tap) : tap;
      if ('tap' in settings) tapped(network, own, experiment.position);
      if ('frozenTap' in settings) requireFrozenTap(id, frozen, settings.frozenTap ?? own, name);
    }
  }
  checkLabels(experiment, repetitions);
  return network;
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

/** Makes sure that patterns of weights that are not trained, or slower, fit weights; objectives have some of their own. */
function requirePatterns({ training }: Experiment, { graph }: Network): void {
  const weights = graph.initializers.map(({ name }) => name);
  for (const [key, patterns] of [
    ['freeze', training.freeze],
    ['rates', Object.keys(training.rates)],
  ] as const) {
    const unknown = patterns.find((pattern) => !weights.some((name) => matchesAny(name, [pattern])));
    if (unknown === undefined) continue;
    throw new UserError(
      `training.${key}: "${unknown}" fits no weight of the network; weights are ${weights.join(', ')}.`,
    );
  }
}
