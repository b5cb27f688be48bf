import { defineMethod } from './definition.js';

export const irm = defineMethod({
  name: 'irm',
  label: 'IRM',
  description: 'Penalises what makes a classifier the best one for some orthogonal labels only (IRMv1).',
  objectives: [{ kind: 'irm' }],
});
