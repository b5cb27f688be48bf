import { defineMethod } from './definition.js';

export const classWeights = defineMethod({
  name: 'class-weights',
  label: 'class weights',
  description: 'Weights clips so that all classes count equally.',
  objectives: [{ kind: 'class-weights' }],
});
