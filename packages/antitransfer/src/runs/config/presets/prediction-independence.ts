import { defineMethod } from './definition.js';

export const predictionIndependence = defineMethod({
  name: 'prediction-independence',
  label: 'prediction independence',
  description:
    'The likeness of predicted classes with the features of the orthogonal network is punished, over its clips.',
  objectives: [{ kind: 'prediction-independence', beta: 0.3 }],
});
