import { frontEnds } from '../../data/features/kinds/registry.js';
import { networks } from '../../learning/networks/registry.js';
import { changedOf, unreadOf } from '../../registry.js';
import type { Experiment } from '../config/schema.js';

/** Settings that have no effect beside the others, though they are not at their defaults: a sentence for each. */
export function settingsWithoutEffect({ features, network }: Experiment): string[] {
  const ofNetwork = network.model === null ? [] : changedOf(networks, network);
  return [
    ...unreadOf(frontEnds, features.kind, features).map(
      ({ key, readers }) =>
        `features.${key} has no effect: ${features.kind} does not read it (${readers.join(', ')} ${readers.length === 1 ? 'does' : 'do'}).`,
    ),
    ...ofNetwork.map(({ key }) => `network.${key} has no effect beside network.model.`),
  ];
}
