import { defineMethod } from './definition.js';

export const conditionalAdversary = defineMethod({
  name: 'conditional-adversary',
  label: 'conditional adversary',
  description:
    'An adversary predicts the features of the orthogonal network from features x predicted classes, over its clips.',
  objectives: [{ kind: 'conditional-adversary' }],
});
