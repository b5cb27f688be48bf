import { defineMethod } from './definition.js';

export const unbiasedCka = defineMethod({
  name: 'unbiased-cka',
  label: 'unbiased CKA',
  description: 'Penalises unbiased CKA with the orthogonal network over the target batch.',
  objectives: [{ similarity: 'unbiased-cka' }],
});
