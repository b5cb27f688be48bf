import { defineMethod } from './definition.js';

export const coral = defineMethod({
  name: 'coral',
  label: 'CORAL',
  description: 'Brings the covariances of the orthogonal labels together, over the target batch.',
  objectives: [{ kind: 'coral' }],
});
