import { defineMethod } from './definition.js';

export const leace = defineMethod({
  name: 'leace',
  label: 'LEACE',
  description:
    'Takes what a linear classifier reads of the orthogonal label out of the network without transfer, in closed form, and fits its last layer again.',
  correction: { kind: 'leace' },
});
