import { defineMethod } from './definition.js';

export const groupWeights = defineMethod({
  name: 'group-weights',
  label: 'group weights',
  description: 'Weights clips so that all pairs of class and orthogonal label count equally.',
  objectives: [{ kind: 'class-weights', over: 'class-group' }],
});
