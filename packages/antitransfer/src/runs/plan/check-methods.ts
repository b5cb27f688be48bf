import { buildFrontEnd } from '../../data/features/front-end.js';
import { UserError } from '../../errors.js';
import { type Network, tapped } from '../../learning/networks/network.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import type { DrawnSplits } from '../data/draw-splits.js';
import { checkLabels } from './check-labels.js';
import { lastTap, networkOf } from './network.js';

/**
 * Makes sure that every method's taps, labels and orthogonal networks exist, and that networks that were given are some that fit,
 * before anything is computed.
 *
 * @returns the target's network, with weights of zero: enough to look at its taps
 * @throws UserError that names what does not exist and what does.
 */
export async function checkMethods(
  experiment: Experiment,
  { classes, repetitions }: DrawnSplits,
): Promise<Network> {
  const { frames, bins } = buildFrontEnd(experiment.features);
  const shape = [1, frames, bins] as const;
  const network = await networkOf(experiment.network, shape, classes.length);
  for (const task of repetitions[0]?.tasks ?? []) {
    const { model } = task.settings;
    // Here it is still called as the user calls it.
    if (model !== null) await networkOf({ ...experiment.network, model }, shape, task.classes.length);
  }
  const names = experiment.orthogonal.map(({ name }) => name);
  tapped(network, experiment.tap ?? lastTap(network), experiment.position);
  for (const { id, objectives } of methodsOf(experiment)) {
    for (const settings of objectives) {
      const { orthogonal } = settings;
      const tap = 'tap' in settings ? settings.tap : null;
      if (tap !== null) tapped(network, tap, experiment.position);
      if (orthogonal === null || names.includes(orthogonal)) continue;
      throw new UserError(
        `The method "${id}" names the orthogonal network "${orthogonal}"; there are ${names.join(', ')}.`,
      );
    }
  }
  checkLabels(experiment, repetitions);
  return network;
}
