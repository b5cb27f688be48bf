import { defineMethod } from './definition.js';

export const frozenLogitCorrection = defineMethod({
  name: 'frozen-logit-correction',
  label: 'frozen logit correction',
  description:
    'Logits get, in training only, what the answers of the orthogonal network tell of the class beyond chance.',
  objectives: [{ kind: 'frozen-logit-correction' }],
});
