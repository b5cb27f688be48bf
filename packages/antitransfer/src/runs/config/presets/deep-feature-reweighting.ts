import { defineMethod } from './definition.js';

export const deepFeatureReweighting = defineMethod({
  name: 'deep-feature-reweighting',
  label: 'deep feature reweighting',
  description:
    'Fits the last layer of the network without transfer again, to a balanced half of the validation clips: it learns from their labels.',
  correction: { kind: 'deep-feature-reweighting' },
});
