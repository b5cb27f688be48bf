import { frontEnds } from '../../data/features/kinds/registry.js';
import { networks } from '../../learning/networks/registry.js';
import type { TrainingSettings } from '../../learning/training/settings.js';
import { changedOf, unreadOf } from '../../registry.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';

/** Settings that have no effect beside the others, though they are not at their defaults: a sentence for each. */
export function settingsWithoutEffect(experiment: Experiment): string[] {
  const { features, network, training, orthogonal } = experiment;
  const ofNetwork = network.model === null ? [] : changedOf(networks, network);
  return [
    ...unreadOf(frontEnds, features.kind, features).map(
      ({ key, readers }) =>
        `features.${key} has no effect: ${features.kind} does not read it (${readers.join(', ')} ${readers.length === 1 ? 'does' : 'do'}).`,
    ),
    ...ofNetwork.map(({ key }) => `network.${key} has no effect beside network.model.`),
    ...orthogonal.flatMap(({ model, seedOffset }, task) =>
      model !== null && seedOffset > 0
        ? [`orthogonal[${task}].seedOffset has no effect beside orthogonal[${task}].model.`]
        : [],
    ),
    ...(training.startWeights !== undefined && methodsOf(experiment).every(({ start }) => start === 'random')
      ? ['training.startWeights has no effect: every method starts at random.']
      : []),
    ...idlePatience('training', training, training),
    ...orthogonal.flatMap(({ training: changes }, task) =>
      idlePatience(`orthogonal[${task}].training`, changes, { ...training, ...changes }),
    ),
  ];
}

/**
 * What is said of stopping early, where nothing stops early.
 *
 * @param given where it is written; what a task takes over is told of where that is
 */
function idlePatience(
  path: string,
  given: Partial<TrainingSettings>,
  { patience, choose }: TrainingSettings,
): string[] {
  const { patience: ownPatience = null, patienceRule } = given;
  const lines: string[] = [];
  if (choose === 'last') {
    const why = 'the last epoch is taken, whatever was better (choose: last)';
    if (ownPatience !== null) lines.push(`${path}.patience has no effect: ${why}.`);
    if (patienceRule !== undefined) lines.push(`${path}.patienceRule has no effect: ${why}.`);
  } else if (patienceRule !== undefined && patience === null) {
    lines.push(
      `${path}.patienceRule has no effect: all epochs are trained without a patience. Give ${path}.patience.`,
    );
  }
  return lines;
}
