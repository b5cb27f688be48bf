import { z } from 'zod';
import { readOf, registryOf, settingsOf, shapeOf } from '../../registry.js';
import type { NetworkDefinition, NetworkParts } from './definition.js';
import type { Network } from './network.js';
import { vggSmall } from './vgg-small.js';
import { vgg16 } from './vgg16.js';

/** The networks that may be built by name. */
export const networks = registryOf<NetworkDefinition>('network')(vgg16, vggSmall);

/** The name of a network of this toolkit: `vgg16`, `vgg-small`. */
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

/** What is chosen of a network that is built, by its name, in one form: what it does not read is left out. */
export function effectiveBuild<Built extends { readonly name: string }>(built: Built): Built {
  const definition = networks.find(built.name);
  const read = readOf(networks, built.name, { ...built });
  const own = settingsOf(definition, { ...built });
  // A built network's settings are its name and the choices of all networks, of which each may be left out.
  return { ...read, ...own, ...definition.resolve?.(own) } as Built;
}
