import { defineMethod } from './definition.js';

export const ckaAuxiliary = defineMethod({
  name: 'cka-auxiliary',
  label: 'CKA, auxiliary clips',
  description:
    'Penalises linear CKA over the clips of the orthogonal network; confounded splits balance them over both labels.',
  objectives: [{ similarity: 'cka', beta: 1, clips: 'auxiliary' }],
});
