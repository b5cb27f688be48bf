import { defineMethod } from './definition.js';

export const shuffledIndependence = defineMethod({
  name: 'shuffled-independence',
  label: 'control: independence, shuffled',
  description:
    "Joint independence of the frozen network's features of other clips: what it gains is not from forgetting.",
  objectives: [
    { kind: 'conditional-adversary', beta: 1, shuffled: true },
    { kind: 'prediction-independence', beta: 0.3, shuffled: true },
  ],
  control: true,
});
