import { z } from 'zod';
import { leastSquaresErasure } from '../../analysis/erasure.js';
import { defineCorrection } from './definition.js';
import { correctByErasing, erasingSettings, looksOfErasing } from './erasing.js';

export const leace = defineCorrection({
  name: 'leace',
  description:
    'Least-squares concept erasure: what a linear classifier reads of the orthogonal label at a tap is taken out in closed form, and the last layer is fitted again',
  paper: 'Belrose and others 2023, arXiv 2306.03819',
  settings: z.strictObject({ kind: z.literal('leace'), ...erasingSettings }),
  changesMaps: true,
  looks: looksOfErasing,
  correct: (settings, parts) =>
    correctByErasing(settings, parts, (vectors, labels) =>
      leastSquaresErasure(vectors, labels, parts.orthogonalClasses),
    ),
});
