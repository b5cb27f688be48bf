import { defineMethod } from './definition.js';

export const gradientReversal = defineMethod({
  name: 'gradient-reversal',
  label: 'gradient reversal (DANN)',
  description:
    'An adversary reads the orthogonal label of each training clip; its reversed gradient makes it unreadable.',
  objectives: [{ kind: 'gradient-reversal' }],
});
