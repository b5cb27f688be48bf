import { expressions } from 'onnx-autograd';
import { defineSimilarity, ofAggregates, paper } from './definition.js';

const { abs, mean, square } = expressions;

export const squaredCosineRows = defineSimilarity({
  name: 'squared-cosine-rows',
  description: "square of the mean absolute cosine of all rows: the official code's",
  source: paper,
  ...ofAggregates((comparison) => square(mean(abs(comparison.rowCosines()), undefined, false))),
});
