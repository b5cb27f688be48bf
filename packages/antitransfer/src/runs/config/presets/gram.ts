import { defineMethod } from './definition.js';

export const gram = defineMethod({
  name: 'gram',
  label: 'Gram, one a sample',
  description: 'Gram matrix of each sample, squared cosine of the whole matrix.',
  objectives: [{ similarity: 'squared-cosine', aggregation: 'gram' }],
});
