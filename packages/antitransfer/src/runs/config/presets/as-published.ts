import { defineMethod } from './definition.js';

export const asPublished = defineMethod({
  name: 'as-published',
  label: 'anti-transfer as published',
  description:
    'Gram matrix over batch and channels, squared cosine of its rows, beta 1: the loss of the official code.',
  objectives: [{ similarity: 'squared-cosine-rows', aggregation: 'gram-batch' }],
});
