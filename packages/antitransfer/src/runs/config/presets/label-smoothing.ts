import { defineMethod } from './definition.js';

export const labelSmoothing = defineMethod({
  name: 'label-smoothing',
  label: 'label smoothing',
  description: 'Spreads a tenth of each label over all classes.',
  objectives: [{ kind: 'label-smoothing' }],
});
