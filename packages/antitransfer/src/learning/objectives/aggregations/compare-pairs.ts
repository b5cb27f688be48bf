import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { type Comparison, cosineOf, squaredNorm } from '../comparison.js';

const { add, div, mean, mul, sub, sum } = expressions;

/**
 * Every channel of one network beside every channel of the other. The official code lays all pairs out in memory;
 * the sums over pairs come apart: `sum <a_i, b_j> = <sum a_i, sum b_j>`.
 */
export function comparePairs(a: Value, b: Value, channels: expressions.Operand): Comparison {
  const dot = sum(mul(sum(a, [1], false), sum(b, [1], false)), [1], false);
  const [squareA, squareB] = [squaredNorm(a), squaredNorm(b)];
  const cosine = () => div(cosineOf(dot, squareA, squareB), channels);
  const pixels = sizeAt(a, 2);
  return {
    cosine,
    rowCosines: cosine,
    meanSquaredDifference: () => {
      const total = sub(mul(add(squareA, squareB), channels), mul(dot, 2));
      return div(div(div(mean(total, undefined, false), channels), channels), pixels);
    },
  };
}
