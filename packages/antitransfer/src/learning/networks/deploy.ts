import { copyGraph, expressions, Graph, writeOnnx } from 'onnx-autograd';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { appendStandardisation } from '../../data/features/standardise.js';
import { cardKey, type ModelCard } from './model-card.js';
import type { Network } from './network.js';

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
