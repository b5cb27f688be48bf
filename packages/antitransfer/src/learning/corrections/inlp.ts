import { z } from 'zod';
import { nullSpaceErasure } from '../../analysis/erasure.js';
import { defineCorrection } from './definition.js';
import { correctByErasing, erasingSettings, looksOfErasing } from './erasing.js';

export const inlp = defineCorrection({
  name: 'inlp',
  description:
    'Iterative null-space projection: what one linear classifier after another reads of the orthogonal label at a tap is projected away, and the last layer is fitted again',
  paper: 'Ravfogel and others 2020, arXiv 2004.07667',
  settings: z.strictObject({
    kind: z.literal('inlp'),
    iterations: z
      .int()
      .min(1)
      .default(10)
      .describe('Classifiers at most; it ends when one reads no better than chance'),
    ...erasingSettings,
  }),
  changesMaps: true,
  looks: looksOfErasing,
  correct: (settings, parts) =>
    correctByErasing(settings, parts, (vectors, labels) =>
      nullSpaceErasure(vectors, labels, parts.orthogonalClasses, parts.random, settings.iterations),
    ),
});
