import { defineMethod } from './definition.js';

export const dannAuxiliary = defineMethod({
  name: 'dann-auxiliary',
  label: 'gradient reversal (DANN), auxiliary clips',
  description:
    "An adversary reads the orthogonal label of the orthogonal network's clips; its reversed gradient makes it unreadable.",
  objectives: [{ kind: 'gradient-reversal', clips: 'auxiliary', beta: 0.3 }],
});
