import { defineMethod } from './definition.js';

export const correlation = defineMethod({
  name: 'correlation',
  label: 'correlation',
  description:
    'Penalises the squared correlation of channels with those of the orthogonal network over the target batch.',
  objectives: [{ similarity: 'correlation', beta: 10 }],
});
