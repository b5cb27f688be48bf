import { defineMethod } from './definition.js';

export const subspace = defineMethod({
  name: 'subspace',
  label: 'subspace',
  description:
    "Penalises the part of the channels' variance that the orthogonal network's channels explain, over its clips.",
  objectives: [{ similarity: 'subspace', clips: 'auxiliary' }],
});
