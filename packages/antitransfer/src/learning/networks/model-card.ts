import { z } from 'zod';
import type { RefusalLevel } from '../../analysis/refusal-level.js';
import { segmentSamples } from '../../data/features/segment-settings.js';
import { type FeatureSettings, featureSettings } from '../../data/features/settings.js';
import type { Standardisation } from '../../data/features/standardise.js';
import { type WindowSettings, windowSettings } from '../../data/segments/settings.js';

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

/** Where a model comes from and what it is worth. */
const modelAccount = z.object({
  /** The comparison that it was trained in. */
  comparison: z.string(),
  training: z.object({
    /** What kind of corpus. */
    corpus: z.string(),
    /** One sentence. */
    split: z.string(),
    seed: z.int(),
    fold: count.optional(),
    /** The epoch (from 1) that was chosen. */
    epoch: count,
    /** How many clips each side has. */
    clips: z.object({ train: count, validation: count, test: count }),
  }),
  /** On the test clips. */
  test: z.object({
    accuracy: share,
    macroF1: share,
    /** In nats. */
    crossEntropy: z.number(),
    /** Accuracy of always naming the most frequent class of the test, the mean over the comparison's seeds. */
    chance: share,
  }),
  /** What was looked for in the network, and whether its training was to forget it. */
  orthogonal: z.array(
    z.object({
      column: z.string(),
      forgotten: z.boolean(),
      /** How well a linear probe still reads it, beside the accuracy of guessing. */
      probe: z.object({ accuracy: share, chance: share }),
    }),
  ),
});

/** What a model was trained on and how well it did, as its card has it. */
export type ModelAccount = z.infer<typeof modelAccount>;

/** What a deployed model says of itself, stored in the file's metadata. */
export interface ModelCard {
  /** Label column that it predicts. */
  readonly target: string;
  /** In the order of the probabilities. */
  readonly classes: readonly string[];
  readonly features: FeatureSettings;
  readonly standardisation: Standardisation;
  /** How it was trained, for people. */
  readonly method: string;
  /** The windows that longer clips were cut in; absent where they were cropped. */
  readonly segments?: WindowSettings | undefined;
  /** Below it nothing is said of a sound; absent of a model without validation clips, or of an earlier version. */
  readonly level?: RefusalLevel | undefined;
  /** Absent of a model that no comparison trained. */
  readonly account?: ModelAccount | undefined;
}

/** The metadata's key. */
export const cardKey = 'antitransfer';

const cardSchema = z.object({
  target: z.string(),
  classes: z.array(z.string()),
  features: featureSettings,
  standardisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  method: z.string(),
  segments: windowSettings.optional(),
  level: z.object({ probability: share, kept: share, segments: count }).optional(),
  account: modelAccount.optional(),
});

/** The card in a model's metadata; `undefined` when the model is not one of ours. */
export function readCard(metadata: Readonly<Record<string, string>>): ModelCard | undefined {
  const text = metadata[cardKey];
  if (text === undefined) return undefined;
  const parsed = cardSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

/**
 * The card as a file beside the model, for who cannot read the metadata (ONNX Runtime in a page has no way to) and for
 * people: the same, and what the model takes and gives.
 */
export function cardJson(card: ModelCard): string {
  const { features, classes } = card;
  const described = {
    input: {
      name: 'samples',
      type: 'float32',
      shape: ['batch', segmentSamples(features)],
      range: [-1, 1],
      channels: 1,
      sampleRate: features.sampleRate,
      seconds: features.seconds,
    },
    output: { name: 'probabilities', type: 'float32', shape: ['batch', classes.length] },
    ...card,
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}

/** Where a model's card is: `digits.json` beside `digits.onnx`. */
export function cardPath(model: string): string {
  return model.replace(/\.onnx$/, '.json');
}
