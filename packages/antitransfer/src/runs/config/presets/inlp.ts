import { defineMethod } from './definition.js';

export const inlp = defineMethod({
  name: 'inlp',
  label: 'INLP',
  description:
    'Projects away what linear classifiers read of the orthogonal label in the network without transfer, one after another, and fits its last layer again.',
  correction: { kind: 'inlp' },
});
