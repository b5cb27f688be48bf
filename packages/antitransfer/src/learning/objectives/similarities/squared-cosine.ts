import { expressions } from 'onnx-autograd';
import { defineSimilarity, ofAggregates, paper } from './definition.js';

const { mean, square } = expressions;

export const squaredCosine = defineSimilarity({
  name: 'squared-cosine',
  description: 'mean over samples of the squared cosine of the aggregates',
  source: paper,
  ...ofAggregates((comparison) => mean(square(comparison.cosine()), undefined, false)),
});
