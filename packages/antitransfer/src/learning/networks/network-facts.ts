import { z } from 'zod';
import { type FeatureSettings, featureSettings } from '../../data/features/settings.js';
import type { Standardisation } from '../../data/features/standardise.js';

/** Which classes the outputs of a bare network are. */
export interface OutputLabels {
  /** Label column that it was trained on. */
  readonly column: string;
  /** In the order of the outputs. */
  readonly classes: readonly string[];
}

/** What a bare network (features in, logits out) is of: what its file says beside the graph. */
export interface NetworkFacts {
  readonly outputs: OutputLabels;
  /** What its input is made of: with it the network can be given recordings. */
  readonly input: { readonly features: FeatureSettings; readonly standardisation: Standardisation };
}

/** The metadata's keys. That of a deployed model's card says more, which a bare network has not. */
const keys = { outputs: 'antitransfer.outputs', input: 'antitransfer.input' } as const;

const outputLabels = z.object({ column: z.string(), classes: z.array(z.string()) });

const networkInput = z.object({
  features: featureSettings,
  standardisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
});

/** What is known of a network as a file's metadata. */
export function metadataOf({ outputs, input }: Partial<NetworkFacts>): Record<string, string> {
  return {
    ...(outputs && {
      [keys.outputs]: JSON.stringify({ column: outputs.column, classes: outputs.classes }),
    }),
    ...(input && { [keys.input]: JSON.stringify(input) }),
  };
}

/** What a file's metadata says; nothing of what it does not, as other programs' files do not. */
export function readNetworkFacts(metadata: Readonly<Record<string, string>>): Partial<NetworkFacts> {
  const outputs = read(outputLabels, metadata, keys.outputs);
  const input = read(networkInput, metadata, keys.input);
  return { ...(outputs && { outputs }), ...(input && { input }) };
}

function read<T>(
  schema: z.ZodType<T>,
  metadata: Readonly<Record<string, string>>,
  key: string,
): T | undefined {
  const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
