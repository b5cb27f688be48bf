import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { defineObjective, orthogonalSetting } from './definition.js';

const { logSoftmax, mean, mul, neg, sub } = expressions;

/** A part of each clip's label is all classes: a network that must not be sure leans less on what is easiest. */
export const labelSmoothing = defineObjective({
  name: 'label-smoothing',
  description: 'The cross-entropy with labels of which a part is spread over all classes',
  paper: 'Szegedy and others 2015, arXiv 1512.00567',
  settings: z.strictObject({
    kind: z.literal('label-smoothing'),
    smoothing: z.number().min(0).max(1).default(0.1).describe('The part that is spread; 0 for none'),
    ...orthogonalSetting,
  }),
  measures: 'cross-entropy with all classes',
  label: () => 'label-smoothing',
  seesLabels: () => false,
  isPublished: () => false,
  create: ({ smoothing }, { name }) => ({
    name,
    settings: { kind: 'label-smoothing', smoothing },
    term: (step) => {
      const spread = crossEntropyWithAll(step.at('batch', step.network.logits));
      step.measure(name, spread);
      // Beside the cross-entropy itself, of which this takes its part away.
      return mul(sub(spread, mean(step.crossEntropy(), undefined, false)), smoothing);
    },
  }),
});

/** Mean over clips and classes of -log p: a scalar of `(clips, classes)`. */
export function crossEntropyWithAll(logits: Value): Value {
  return neg(mean(logSoftmax(logits, -1), undefined, false));
}
