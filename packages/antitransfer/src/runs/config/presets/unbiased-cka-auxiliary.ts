import { defineMethod } from './definition.js';

export const unbiasedCkaAuxiliary = defineMethod({
  name: 'unbiased-cka-auxiliary',
  label: 'unbiased CKA, auxiliary clips',
  description:
    'Penalises unbiased CKA over the clips of the orthogonal network; confounded splits balance them over both labels.',
  objectives: [{ similarity: 'unbiased-cka', clips: 'auxiliary', beta: 0.3 }],
});
