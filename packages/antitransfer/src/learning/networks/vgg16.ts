import { defineNetwork } from './definition.js';
import { buildVgg, vggSettings } from './vgg.js';

/** VGG16 (Simonyan and Zisserman 2015, configuration D) with one input channel, as in arXiv 2006.06494. */
export const vgg16 = defineNetwork({
  name: 'vgg16',
  description: 'VGG16 with one input channel, as in the paper; 13 convolutions',
  settings: vggSettings,
  resolve: ({ head = 'wide' }) => ({ head }),
  create: ({ width, head = 'wide' }, parts) =>
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
    }),
});
