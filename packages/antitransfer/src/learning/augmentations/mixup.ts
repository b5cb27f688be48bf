import type { Random } from 'onnx-autograd/random';
import { z } from 'zod';
import { itemAt } from '../../lookup.js';
import { drawBeta } from '../../numbers/beta.js';
import { blend } from '../../numbers/blend.js';
import { defineAugmentation } from './definition.js';

/** Convex combinations of clips and of their labels. */
export const mixup = defineAugmentation({
  name: 'mixup',
  description: 'Mixes each clip with another of its batch, and their labels in the same shares',
  paper: 'Zhang and others 2018, arXiv 1710.09412',
  settings: z.strictObject({
    kind: z.literal('mixup'),
    alpha: z
      .number()
      .min(0.05)
      .max(100)
      .default(0.2)
      .describe('Shares are drawn from Beta(alpha, alpha): small ones leave most clips nearly as they are'),
  }),
  mixesLabels: true,
  create: ({ alpha }) => ({
    name: 'mixup',
    settings: { kind: 'mixup', alpha },
    mix(batch) {
      const before = batch.map(({ features }) => features.slice());
      const partners: number[] = [];
      const shares = new Float32Array(batch.length);
      for (const [index, { features, random }] of batch.entries()) {
        const partner = drawOther(batch.length, index, random);
        const drawn = drawBeta(alpha, random);
        // A mixture of a and b is one of b and a: the larger share counts as the clip itself, whose class objectives are told.
        const share = Math.fround(Math.max(drawn, 1 - drawn));
        blend(features, itemAt(before, partner), share);
        partners.push(partner);
        shares[index] = share;
      }
      return { partners, shares };
    },
  }),
});

/** Another index below the count; the same where there is no other. */
function drawOther(count: number, index: number, random: Random): number {
  return count < 2 ? index : (index + random.integer(1, count - 1)) % count;
}
