import { defineMethod } from './definition.js';

export const augmentedSound = defineMethod({
  name: 'augmented-sound',
  label: 'augmented sound',
  description: 'Plays training clips faster or slower, in made rooms and with noise; no penalty.',
  augmentation: [{ kind: 'speed' }, { kind: 'reverberation' }, { kind: 'noise' }],
});
