import { defineNetwork } from './definition.js';
import { buildVgg, initialisations, vggSettings } from './vgg.js';

/**
 * The released code numbers a layer by how many modules of torchvision's `features` come before it: 0 is the features
 * themselves, 2 the first ReLU, 5 the first pooling. These are the thirteen that were tried.
 */
const publishedLayers = {
  input: 0,
  conv1_1: 2,
  pool1: 5,
  conv2_1: 7,
  pool2: 10,
  conv3_1: 12,
  conv3_2: 14,
  pool3: 17,
  conv4_1: 19,
  conv4_2: 21,
  pool4: 24,
  conv5_1: 26,
  conv5_2: 28,
} as const;

/** VGG16 (Simonyan and Zisserman 2015, configuration D) with one input channel, as in arXiv 2006.06494. */
export const vgg16 = defineNetwork({
  name: 'vgg16',
  description: 'VGG16 with one input channel, as in the paper; 13 convolutions',
  settings: vggSettings.extend({
    initialisation: initialisations
      .optional()
      .describe(
        'First weights: torchvision’s (the default), as-published with the first and the last layer as PyTorch makes new layers, or pytorch with all so',
      ),
  }),
  normalized: false,
  published: { layers: publishedLayers, tap: 'conv5_2' },
  resolve: ({ head = 'wide', initialisation }) => ({
    head,
    initialisation: initialisation === 'torchvision' ? undefined : initialisation,
  }),
  create: ({ width, head = 'wide', initialisation }, parts) =>
    buildVgg({
      ...parts,
      name: 'vgg16',
      blocks: [
        [64, 64],
        [128, 128],
        [256, 256, 256],
        [512, 512, 512],
        [512, 512, 512],
      ],
      normalized: false,
      width,
      head,
      initialisation,
    }),
});
