import { defineNetwork } from './definition.js';
import { buildVgg, vggSettings } from './vgg.js';

/**
 * Six convolutions with batch normalization and the mean over time and frequency: small enough to train in seconds.
 * The last block has no maximum behind it.
 */
export const vggSmall = defineNetwork({
  name: 'vgg-small',
  description: 'six convolutions with batch normalization and a pooled head; trains in seconds',
  settings: vggSettings,
  normalized: true,
  resolve: ({ head = 'pooled' }) => ({ head }),
  create: ({ width, head = 'pooled' }, parts) =>
    buildVgg({
      ...parts,
      name: 'vgg-small',
      blocks: [[16], [32], [48, 48], [64, 64]],
      normalized: true,
      width,
      head,
    }),
});
