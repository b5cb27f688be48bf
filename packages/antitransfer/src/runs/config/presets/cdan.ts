import { defineMethod } from './definition.js';

export const cdan = defineMethod({
  name: 'cdan',
  label: 'conditional gradient reversal (CDAN)',
  description:
    'An adversary reads the orthogonal label of each training clip from features x predicted classes.',
  objectives: [{ kind: 'gradient-reversal', conditional: true }],
});
