import { z } from 'zod';
import { outerProduct, predictedClasses } from './class-conditional.js';
import { defineObjective } from './definition.js';
import { frozenLikeness, likenessLook, likenessSettings } from './frozen-likeness.js';
import { averagedMaps } from './look.js';

/**
 * Conditional anti-transfer without an adversary: how far what the frozen network says of clips follows from the outer product
 * of our averaged maps and our own predicted probabilities, so that only what does not belong to the class is removed. It
 * needs no orthogonal label of any clip.
 */
export const conditionalSimilarity = defineObjective({
  name: 'conditional-similarity',
  description:
    'Unbiased CKA or HSIC of features x predicted classes with what the frozen network says: no adversary',
  paper: 'this toolkit, after Long and others 2018 (CDAN), arXiv 1705.10667',
  settings: z.strictObject({
    kind: z.literal('conditional-similarity'),
    ...likenessSettings,
    conditional: z
      .boolean()
      .default(true)
      .describe('Of features x predicted classes; false for the features only'),
    ...likenessLook,
  }),
  measures: 'likeness in training batches',
  asksFrozen: true,
  label: () => 'conditional-similarity',
  seesLabels: () => false,
  isPublished: () => false,
  create: (settings, parts) =>
    frozenLikeness(settings, parts, (step, look) => {
      const features = averagedMaps(step, look);
      return settings.conditional ? outerProduct(features, predictedClasses(step, look.clips)) : features;
    }),
});
