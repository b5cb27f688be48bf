import { defineMethod } from './definition.js';

export const multiTask = defineMethod({
  name: 'multi-task',
  label: 'multi-task learning',
  description:
    'A second classifier learns the orthogonal label of each training clip from the same maps: the opposite of forgetting it.',
  objectives: [{ kind: 'multi-task' }],
});
