import { defineMethod } from './definition.js';

export const cdanAuxiliary = defineMethod({
  name: 'cdan-auxiliary',
  label: 'conditional gradient reversal (CDAN), auxiliary clips',
  description:
    "An adversary reads the orthogonal label of the orthogonal network's clips from features x predicted classes.",
  objectives: [{ kind: 'gradient-reversal', conditional: true, clips: 'auxiliary', beta: 0.3 }],
});
