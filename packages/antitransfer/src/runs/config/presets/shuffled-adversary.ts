import { defineMethod } from './definition.js';

export const shuffledAdversary = defineMethod({
  name: 'shuffled-adversary',
  label: 'control: adversary, shuffled',
  description:
    "The conditional adversary predicts the frozen network's features of other clips: what it gains is not from forgetting.",
  objectives: [{ kind: 'conditional-adversary', shuffled: true }],
  control: true,
});
