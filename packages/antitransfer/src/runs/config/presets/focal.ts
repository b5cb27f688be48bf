import { defineMethod } from './definition.js';

export const focal = defineMethod({
  name: 'focal',
  label: 'focal loss',
  description: 'Weights clips down of whose class the network is sure.',
  objectives: [{ kind: 'focal' }],
});
