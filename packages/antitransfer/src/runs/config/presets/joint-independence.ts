import { defineMethod } from './definition.js';

/** What is independent of the answers, and independent of the features given the answers, is independent of both. */
export const jointIndependence = defineMethod({
  name: 'joint-independence',
  label: 'joint independence',
  description:
    "Predicted classes must not follow the orthogonal network's features over its clips, nor features beside the predicted class: prediction independence and the conditional adversary together.",
  objectives: [
    { kind: 'conditional-adversary', beta: 1 },
    { kind: 'prediction-independence', beta: 0.3 },
  ],
});
