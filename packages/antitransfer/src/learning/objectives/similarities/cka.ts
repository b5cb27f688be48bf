import { expressions, type Value } from 'onnx-autograd';
import { averageOverSpace } from '../average-over-space.js';
import { cosineOf, squaredNorm, timesTransposed } from '../comparison.js';
import { defineSimilarity, ofMaps } from './definition.js';

const { mean, mul, sub, sum } = expressions;

/** Of two clips around their mean the one is the other's opposite: any maps of them are as similar as can be. */
const leastClips = 3;

export const cka = defineSimilarity({
  name: 'cka',
  description: 'linear CKA over the batch of the maps averaged over time and frequency',
  source: 'this toolkit',
  ...ofMaps({
    mustMatch: 'nothing',
    leastClips,
    prepare: averageOverSpace,
    measure: (current, prepared) => linearCka(averageOverSpace(current), prepared),
  }),
});

/**
 * Linear centred kernel alignment over the batch (Kornblith et al. 2019): of the maps averaged over time and frequency.
 * It does not change when channels are permuted, rotated or scaled together.
 */
function linearCka(x: Value, y: Value): Value {
  const centred = (vectors: Value) => sub(vectors, mean(vectors, [0]));
  const kernel = (vectors: Value) => timesTransposed(centred(vectors), centred(vectors));
  const [k, l] = [kernel(x), kernel(y)];
  return cosineOf(sum(mul(k, l), [0, 1], false), squaredNorm(k), squaredNorm(l));
}
