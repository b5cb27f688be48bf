import { defineMethod } from './definition.js';

export const conditionalSimilarity = defineMethod({
  name: 'conditional-similarity',
  label: 'conditional similarity',
  description:
    'Unbiased CKA of features x predicted classes with the features of the orthogonal network, over its clips.',
  objectives: [{ kind: 'conditional-similarity' }],
});
