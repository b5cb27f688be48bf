import { copyGraph, float32, Graph, type Value } from 'onnx-autograd';
import { z } from 'zod';
import type { Erasure } from '../../analysis/erasure.js';
import type { Vectors } from '../../analysis/vectors.js';
import { UserError } from '../../errors.js';
import { dot } from '../../numbers/dot.js';
import { erasureName, type Network, networkOf, tapped } from '../networks/network.js';
import {
  type Corrected,
  type CorrectionLooks,
  type CorrectionParts,
  correctionSettingsOfAll,
} from './definition.js';
import { refittedOnTraining } from './last-layer.js';

/** What may be chosen of corrections that take a label out of the maps at a tap. */
export const erasingSettings = {
  tap: z
    .string()
    .nullable()
    .default(null)
    .describe("The convolution behind which the label is taken out; null for the configuration's tap"),
  position: z
    .enum(['after', 'before'])
    .nullable()
    .default(null)
    .describe("After or before the activation function; null for the configuration's position"),
  clips: z
    .enum(['auxiliary', 'batch'])
    .default('auxiliary')
    .describe(
      'Whose orthogonal labels it looks at: the clips of the orthogonal network, or the training clips, where to take a confounded label out is to take the target out as well',
    ),
  ...correctionSettingsOfAll,
};

type ErasingSettings = z.infer<z.ZodObject<typeof erasingSettings>>;

export function looksOfErasing({ clips }: ErasingSettings): CorrectionLooks {
  return { target: 'training', orthogonal: clips === 'auxiliary' ? 'auxiliary' : 'training' };
}

/**
 * Takes the orthogonal label out of the maps at a tap by an affine map of their channels, the same at every pixel, so that of
 * the mean over time and frequency exactly that is taken out which the erasure was fitted to; then fits the last layer
 * again to the training clips.
 *
 * @param fit the erasure of vectors with a class each
 */
export async function correctByErasing(
  { tap, position }: ErasingSettings,
  parts: CorrectionParts,
  fit: (vectors: Vectors, labels: readonly number[]) => Erasure,
): Promise<Corrected> {
  const { network, orthogonal, observe, pause } = parts;
  if (orthogonal === undefined) throw new RangeError('An erasure is fitted to clips with orthogonal labels.');
  const at = { name: tap ?? parts.tap.name, position: position ?? parts.tap.position };
  const vectors = await observe(network, (seen) => tapped(seen, at.name, at.position), orthogonal);
  await pause();
  const erasure = fit(vectors, [...orthogonal.labels]);
  const { network: refitted, l2 } = await refittedOnTraining(withErasure(network, at, erasure), parts);
  return { network: refitted, facts: { l2, rank: erasure.rank, clips: vectors.length } };
}

/**
 * The network with an erasure behind a tap: a convolution of 1 x 1, by whose name the tap is known to be looked at behind it.
 *
 * @throws UserError when there is one already.
 */
export function withErasure(
  network: Network,
  { name, position }: CorrectionParts['tap'],
  { removed, mean }: Erasure,
): Network {
  const at = tapped(network, name, position);
  if (network.graph.nodes.some((node) => node.name === erasureName(name))) {
    throw new UserError(
      `A label was taken out behind "${name}" already. Name another tap, or correct another method.`,
    );
  }
  const channels = mean.length;
  const kept = Float32Array.from(
    removed.flatMap((row, i) => Array.from(row, (value, j) => (i === j ? 1 : 0) - value)),
  );
  const bias = Float32Array.from(removed, (row) => dot(row, mean));
  const graph = new Graph(network.graph.name);
  const input = graph.input(network.input.name, network.input.knownShape);
  const own = erasureName(name);
  const erase = (maps: Value) =>
    graph.apply(
      'Conv',
      [
        maps,
        graph.initializer(float32(kept, [channels, channels, 1, 1]), `${own}.weight`),
        graph.initializer(float32(bias, [channels]), `${own}.bias`),
      ],
      { kernel_shape: [1, 1] },
      { name: own, outputs: [own] },
    );
  const copy = copyGraph(graph, network.graph, {
    inputs: { [network.input.name]: at === network.input ? erase(input) : input },
    rewrite: (node, inputs, { graph: target }) => {
      if (!node.outputs.includes(at)) return undefined;
      const made = target.applyAll(node.operator, inputs, node.attributes, {
        name: node.name,
        domain: node.domain,
        outputs: node.outputs.map((output) => output.name),
      });
      return made.map((value, i) => (node.outputs[i] === at ? erase(value) : value));
    },
  });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}
