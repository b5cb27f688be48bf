import { defineMethod } from './definition.js';

export const canonicalCorrelation = defineMethod({
  name: 'canonical-correlation',
  label: 'canonical correlation',
  description:
    'Penalises the canonical correlation of channels with those of the orthogonal network, over its clips.',
  objectives: [{ similarity: 'canonical-correlation', clips: 'auxiliary' }],
});
