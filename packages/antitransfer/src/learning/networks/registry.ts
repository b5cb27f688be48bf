import { z } from 'zod';
import { registryOf, settingsOf, shapeOf } from '../../registry.js';
import type { NetworkDefinition, NetworkParts } from './definition.js';
import type { Network } from './network.js';
import { vggSmall } from './vgg-small.js';
import { vgg16 } from './vgg16.js';

/** The networks that may be built by name. */
export const networks = registryOf<NetworkDefinition>('network')(vgg16, vggSmall);

export type NetworkName = (typeof networks.names)[number];

/** What may be chosen of any network, side by side; each reads its own. */
export const networkChoices = z.object(shapeOf(networks));

/** What a network is made for, and what is chosen of it: where absent, its defaults. */
export interface NetworkOptions extends NetworkParts, z.input<typeof networkChoices> {}

/**
 * Builds a network of the registry.
 *
 * @throws UserError when there is none of that name
 */
export function buildNetwork(name: string, options: NetworkOptions): Network {
  const definition = networks.find(name);
  return definition.create(settingsOf(definition, { ...options }), options);
}
