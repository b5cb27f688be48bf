import { copyGraph, Graph } from 'onnx-autograd';
import { appendStandardisation, type Standardisation } from '../../data/features/standardise.js';
import { type Network, networkOf } from './network.js';

/**
 * The network behind the standardisation of its features: raw features in. Weights and taps keep their names, so what is
 * trained fits the network itself.
 *
 * ```ts
 * const standardisation = await measureStandardisation(features, split.train, 'global');
 * const network = standardised(buildNetwork('vgg-small', options), standardisation);
 * ```
 */
export function standardised(network: Network, standardisation: Standardisation): Network {
  const graph = new Graph(network.graph.name);
  const raw = graph.input(network.input.name, network.input.knownShape);
  const features = appendStandardisation(graph, raw, standardisation);
  const copy = copyGraph(graph, network.graph, { inputs: { [network.input.name]: features } });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}
