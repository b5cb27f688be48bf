import { UserError } from '../../errors.js';
import type { Network } from './network.js';
import { type NetworkOptions, vgg16, vggSmall } from './vgg.js';

export interface NetworkDefinition {
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  create(options: NetworkOptions): Network;
}

/** The networks by name. */
export const networks = {
  vgg16: {
    name: 'vgg16',
    description: 'VGG16 with one input channel, as in the paper; 13 convolutions',
    create: vgg16,
  },
  'vgg-small': {
    name: 'vgg-small',
    description: 'six convolutions with batch normalization and a pooled head; trains in seconds',
    create: vggSmall,
  },
} as const satisfies Record<string, NetworkDefinition>;

export type NetworkName = keyof typeof networks;

/** Builds a network of the registry. */
export function buildNetwork(name: string, options: NetworkOptions): Network {
  const definition = new Map<string, NetworkDefinition>(Object.entries(networks)).get(name);
  if (definition === undefined) {
    throw new UserError(
      `There is no network "${name}"; networks are ${Object.keys(networks).join(', ')}, or the path of an .onnx file.`,
    );
  }
  return definition.create(options);
}
