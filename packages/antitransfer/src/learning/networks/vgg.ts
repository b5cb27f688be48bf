import { Graph, type Random } from 'onnx-autograd';
import { Layers } from './layers.js';
import { type Network, networkOf } from './network.js';

export interface NetworkOptions {
  /** Number of classes. */
  readonly classes: number;
  /** `[channels, frames, bins]` of one clip's features. */
  readonly input: readonly [number, number, number];
  /** Draws the first weights; they are zeros without it, enough to look at shapes. */
  readonly random?: Random;
  /** Multiplies the number of channels of every layer. */
  readonly width?: number;
  /**
   * `wide`: adaptive pooling to 7 x 7 and two layers of 4,096 with dropout, as in the paper; `pooled`: the mean over
   * time and frequency, and one layer.
   */
  readonly head?: 'wide' | 'pooled';
}

/** Channels of each convolution; a block ends with a 2 x 2 maximum. */
type Blocks = readonly (readonly number[])[];

const vgg16Blocks: Blocks = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/** VGG16 (Simonyan and Zisserman 2015, configuration D) with one input channel, as in arXiv 2006.06494. */
export function vgg16({ head = 'wide', ...options }: NetworkOptions): Network {
  return build('vgg16', vgg16Blocks, { ...options, head }, false);
}

/**
 * Six convolutions with batch normalization and the mean over time and frequency: small enough to train in seconds.
 * The last block has no maximum behind it.
 */
export function vggSmall({ head = 'pooled', ...options }: NetworkOptions): Network {
  return build('vgg-small', [[16], [32], [48, 48], [64, 64]], { ...options, head }, true);
}

function build(name: string, blocks: Blocks, options: NetworkOptions, normalized: boolean): Network {
  const graph = new Graph(name);
  const layers = new Layers(graph, options.random);
  const width = options.width ?? 1;
  let x = graph.input('features', ['batch', ...options.input]);
  for (const [b, block] of blocks.entries()) {
    for (const [c, channels] of block.entries()) {
      const layer = `conv${b + 1}_${c + 1}`;
      x = layers.convolution(
        x,
        Math.max(1, Math.round(channels * width)),
        layer,
        normalized ? 'fan-in' : 'fan-out',
      );
      if (normalized) x = layers.batchNormalization(x, layer);
      x = layers.relu(x, layer);
    }
    const last = b === blocks.length - 1;
    if (!(normalized && last)) x = layers.maxPool(x, `pool${b + 1}`);
  }
  if (options.head === 'wide') {
    const hidden = Math.max(1, Math.round(4096 * width));
    x = graph.apply('Flatten', [layers.adaptiveAveragePool(x, 7)], { axis: 1 });
    for (const layer of ['linear1', 'linear2']) {
      x = layers.relu(layers.linear(x, hidden, layer, 'small-normal'), layer);
      x = layers.dropout(x, 0.5, `${layer}.dropout`);
    }
    graph.output(layers.linear(x, options.classes, 'linear3', 'small-normal', 'logits'));
  } else {
    graph.output(layers.linear(layers.averageOverSpace(x), options.classes, 'linear', 'fan-in', 'logits'));
  }
  return networkOf(graph);
}
