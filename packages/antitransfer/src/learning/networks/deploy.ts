import { copyGraph, expressions, Graph, writeOnnx } from 'onnx-autograd';
import { z } from 'zod';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { type FeatureSettings, featureSettings } from '../../data/features/settings.js';
import { appendStandardisation, type Standardisation } from '../../data/features/standardise.js';
import { type SegmentSettings, segmentSettings } from '../../data/segments/settings.js';
import type { Network } from './network.js';

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
  readonly segments?: SegmentSettings | undefined;
}

const cardKey = 'antitransfer';

/**
 * One `.onnx` file from samples to probabilities: front end, standardisation, network, softmax.
 * Input `samples`: `(batch, samples)` in [-1, 1] at `features.sampleRate`; output `probabilities`: `(batch, classes)`.
 */
export function deployableModel(network: Network, card: ModelCard): Uint8Array {
  const frontEnd = buildFrontEnd(card.features);
  const graph = new Graph('antitransfer');
  const samples = graph.input('samples', ['batch', frontEnd.samples]);
  const front = copyGraph(graph, frontEnd.graph, {
    inputs: { [frontEnd.input.name]: samples },
    prefix: 'front_end.',
  });
  const features = appendStandardisation(graph, front.value(frontEnd.output), card.standardisation);
  const copy = copyGraph(graph, network.graph, { inputs: { [network.input.name]: features } });
  const logits = copy.value(network.logits);
  const probabilities = expressions.softmax(logits, -1);
  graph.output(graph.apply('Identity', [probabilities], {}, { outputs: ['probabilities'] }));
  return writeOnnx(graph, {
    description: `Predicts ${card.target} (${card.classes.join(', ')}) from ${card.features.seconds} s of sound at ${card.features.sampleRate} Hz.`,
    metadata: { [cardKey]: JSON.stringify(card) },
  });
}

const cardSchema = z.object({
  target: z.string(),
  classes: z.array(z.string()),
  features: featureSettings,
  standardisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  method: z.string(),
  segments: segmentSettings.optional(),
});

/** The card in a model's metadata; `undefined` when the model is not one of ours. */
export function readCard(metadata: Readonly<Record<string, string>>): ModelCard | undefined {
  const text = metadata[cardKey];
  if (text === undefined) return undefined;
  const parsed = cardSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}
