import { defineMethod } from './definition.js';

export const cka = defineMethod({
  name: 'cka',
  label: 'CKA',
  description: 'Penalises linear CKA with the orthogonal network over the target batch.',
  objectives: [{ similarity: 'cka', beta: 1 }],
});
