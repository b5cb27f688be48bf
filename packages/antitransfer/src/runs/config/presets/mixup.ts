import { defineMethod } from './definition.js';

export const mixup = defineMethod({
  name: 'mixup',
  label: 'mixup',
  description: 'Mixes each training clip and its label with another; no penalty.',
  augmentation: [{ kind: 'mixup' }],
});
