import { defineMethod } from './definition.js';

export const vrex = defineMethod({
  name: 'vrex',
  label: 'V-REx',
  description: 'Penalises the variance of the loss over the orthogonal labels.',
  objectives: [{ kind: 'vrex' }],
});
