import { Graph } from 'onnx-autograd';
import { z } from 'zod';
import type { NetworkParts } from './definition.js';
import { Layers } from './layers.js';
import { type Network, networkOf } from './network.js';

/** What may be chosen of networks of this form. */
export const vggSettings = z.strictObject({
  width: z.number().positive().default(1).describe('Multiplies the number of channels'),
  head: z
    .enum(['wide', 'pooled'])
    .optional()
    .describe('Two wide layers as in the paper, or the mean over the map'),
});

/**
 * Which layers begin as PyTorch's layers do by themselves (uniform within 1 / sqrt(fan-in), biases too), where the others have
 * torchvision's first weights of VGG (normal: convolutions by fan-out, linear layers with deviation 0.01; biases 0). The
 * released code of the paper exchanges the first and the last layer of torchvision's VGG16 for new ones.
 */
export const initialisations = z.enum(['torchvision', 'as-published', 'pytorch']);

/** How a network of this form is built. */
interface Form extends NetworkParts {
  readonly name: string;
  /** Channels of each convolution; a block ends with a 2 x 2 maximum. */
  readonly blocks: readonly (readonly number[])[];
  /** Batch normalization behind each convolution, and no maximum behind the last block. */
  readonly normalized: boolean;
  /** Multiplies the number of channels of every layer. */
  readonly width: number;
  /**
   * `wide`: adaptive pooling to 7 x 7 and two layers of 4,096 with dropout, as in the paper; `pooled`: the mean over
   * time and frequency, and one layer.
   */
  readonly head: 'wide' | 'pooled';
  /** Of the layers without batch normalization; a pooled head begins as PyTorch's layers do anyway. */
  readonly initialisation?: z.infer<typeof initialisations> | undefined;
}

/** Blocks of 3 x 3 convolutions, and a head. */
export function buildVgg({ name, blocks, normalized, width, head, initialisation, ...parts }: Form): Network {
  const graph = new Graph(name);
  const layers = new Layers(graph, parts.random);
  const isFresh = (layer: string) =>
    initialisation === 'pytorch' ||
    (initialisation === 'as-published' && (layer === 'conv1_1' || layer === 'linear3'));
  const linearOf = (layer: string) => (isFresh(layer) ? 'fan-in' : 'small-normal');
  let x = graph.input('features', ['batch', ...parts.input]);
  for (const [b, block] of blocks.entries()) {
    for (const [c, channels] of block.entries()) {
      const layer = `conv${b + 1}_${c + 1}`;
      x = layers.convolution(
        x,
        Math.max(1, Math.round(channels * width)),
        layer,
        normalized || isFresh(layer) ? 'fan-in' : 'fan-out',
      );
      if (normalized) x = layers.batchNormalization(x, layer);
      x = layers.relu(x, layer);
    }
    const last = b === blocks.length - 1;
    if (!(normalized && last)) x = layers.maxPool(x, `pool${b + 1}`);
  }
  if (head === 'wide') {
    const hidden = Math.max(1, Math.round(4096 * width));
    x = graph.apply('Flatten', [layers.adaptiveAveragePool(x, 7)], { axis: 1 });
    for (const layer of ['linear1', 'linear2']) {
      x = layers.relu(layers.linear(x, hidden, layer, linearOf(layer)), layer);
      x = layers.dropout(x, 0.5, `${layer}.dropout`);
    }
    graph.output(layers.linear(x, parts.classes, 'linear3', linearOf('linear3'), 'logits'));
  } else {
    graph.output(layers.linear(layers.averageOverSpace(x), parts.classes, 'linear', 'fan-in', 'logits'));
  }
  return networkOf(graph);
}
