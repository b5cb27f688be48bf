import type { Random } from 'onnx-autograd';
import type { z } from 'zod';
import type { Definition } from '../../registry.js';
import type { Network } from './network.js';

/** What a network is made for. */
export interface NetworkParts {
  /** Number of classes. */
  readonly classes: number;
  /** `[channels, frames, bins]` of one clip's features. */
  readonly input: readonly [number, number, number];
  /** Draws the first weights; they are zeros without it, enough to look at shapes. */
  readonly random?: Random;
}

/** Where the code that was released with the paper (arXiv 2006.06494) looks at this network. */
export interface PublishedTaps {
  /** The number by which that code names a tap, each after its activation function. */
  readonly layers: Readonly<Record<string, number>>;
  /** The tap that it looks at where it is not told. */
  readonly tap: string;
}

/** A network, as the registry knows it. */
export interface NetworkDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  readonly settings: Settings;
  /** Whether batch normalization follows its convolutions. */
  readonly normalized: boolean;
  /** Settings that were left out, as what they are then. */
  resolve?(settings: z.infer<Settings>): Partial<z.infer<Settings>>;
  /** Only of the paper's network. */
  readonly published?: PublishedTaps;
  /** Builds the network with its first weights. */
  create(settings: z.infer<Settings>, parts: NetworkParts): Network;
}

/** Types a definition by its settings. */
export function defineNetwork<const Name extends string, Settings extends z.ZodObject>(
  definition: NetworkDefinition<Name, Settings>,
): NetworkDefinition<Name, Settings> {
  return definition;
}
