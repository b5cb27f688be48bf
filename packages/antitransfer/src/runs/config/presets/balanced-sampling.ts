import { defineMethod } from './definition.js';

export const balancedSampling = defineMethod({
  name: 'balanced-sampling',
  label: 'balanced sampling',
  description: 'Draws pairs of class and orthogonal label equally often.',
  objectives: [{ kind: 'balanced-sampling' }],
});
