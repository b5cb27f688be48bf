import { defineMethod } from './definition.js';

export const asPublished = defineMethod({
  name: 'as-published',
  label: 'anti-transfer as published',
  description:
    'Gram matrix over batch and channels, squared cosine of its rows, beta 1: the loss of the official code, in VGG16 where it looks by default (conv5_2).',
  objectives: (tap) => [{ similarity: 'squared-cosine-rows', aggregation: 'gram-batch', tap }],
});
