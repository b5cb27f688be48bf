import { defineMethod } from './definition.js';

export const logitCorrection = defineMethod({
  name: 'logit-correction',
  label: 'logit correction',
  description: 'Logits get, in training only, what the orthogonal label of the clip tells of the class.',
  objectives: [{ kind: 'logit-correction' }],
});
