import { defineMethod } from './definition.js';

export const shuffledControl = defineMethod({
  name: 'shuffled-control',
  label: 'control: shuffled',
  description:
    "CKA over auxiliary clips with the frozen network's maps of other clips: what it gains is not from forgetting.",
  objectives: [{ similarity: 'cka', beta: 1, clips: 'auxiliary', shuffled: true }],
  control: true,
});
