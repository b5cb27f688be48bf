import { expressions } from 'onnx-autograd';
import { z } from 'zod';
import { clipCount } from './beyond-chance.js';
import { correctedCrossEntropy, correctionSettings } from './corrected-cross-entropy.js';
import { defineObjective, orthogonalSetting } from './definition.js';
import { membership } from './groups.js';

const { transpose } = expressions;

/** What the orthogonal label tells of the class is added to the logits in training, so that the network need not learn it. */
export const logitCorrection = defineObjective({
  name: 'logit-correction',
  description: 'Adds to logits, in training only, what the orthogonal label tells of the class',
  paper: 'Liu and others 2023, arXiv 2212.01433',
  settings: z.strictObject({
    kind: z.literal('logit-correction'),
    ...correctionSettings({ shrinkage: false }),
    ...orthogonalSetting,
  }),
  measures: 'corrected cross-entropy',
  replacesCrossEntropy: true,
  label: () => 'logit-correction',
  seesLabels: () => true,
  isPublished: () => false,
  create: ({ strength, shrinkage }, { name, task }) => ({
    name,
    settings: { kind: 'logit-correction', strength, ...(shrinkage && { shrinkage }), task },
    groups: [task.name],
    ...(shrinkage && { clipFeeds: clipCount }),
    term: (step) => {
      const heard = transpose(membership(step.classes('batch', task.name), task.classes), [1, 0]);
      return correctedCrossEntropy(step, heard, { name, groups: task.classes, strength, shrinkage });
    },
  }),
});
