import { defineMethod } from './definition.js';

export const augmented = defineMethod({
  name: 'augmented',
  label: 'augmented',
  description:
    'Shifts training clips in time, makes them louder or softer, and masks parts of them; no penalty.',
  augmentation: [{ kind: 'time-shift' }, { kind: 'gain' }, { kind: 'spec-augment' }],
});
