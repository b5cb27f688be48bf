import { defineMethod } from './definition.js';

export const specAugment = defineMethod({
  name: 'spec-augment',
  label: 'SpecAugment',
  description: 'Masks bands of frequencies and spans of time of the training clips; no penalty.',
  augmentation: [{ kind: 'spec-augment' }],
});
