import { defineMethod } from './definition.js';

export const correlationAuxiliary = defineMethod({
  name: 'correlation-auxiliary',
  label: 'correlation, auxiliary clips',
  description:
    'The same over the clips of the orthogonal network; confounded splits balance them over both labels.',
  objectives: [{ similarity: 'correlation', beta: 10, clips: 'auxiliary' }],
});
