import { expressions } from 'onnx-autograd';
import { defineSimilarity, ofAggregates, paper } from './definition.js';

const { neg, sigmoid } = expressions;

export const negatedSigmoidMse = defineSimilarity({
  name: 'negated-sigmoid-mse',
  description: 'sigmoid of the mean squared difference, negated',
  source: paper,
  ...ofAggregates((comparison) => neg(sigmoid(comparison.meanSquaredDifference()))),
});
