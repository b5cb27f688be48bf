import { defineMethod } from './definition.js';

export const mmd = defineMethod({
  name: 'mmd',
  label: 'MMD',
  description: 'Brings the distributions of the orthogonal labels together, over the target batch.',
  objectives: [{ kind: 'mmd' }],
});
