import { expressions, type Value } from 'onnx-autograd';
import { cosineOf } from './comparison.js';
import { offDiagonal } from './kernels.js';

const { add, cast, div, greaterOrEqual, maximum, mul, sizeOf, square, sub, sum } = expressions;

/** The estimate is made of four different clips at a time. */
export const leastClips = 4;

/**
 * The unbiased estimate of the Hilbert-Schmidt independence criterion (Song and others 2012, equation 4): 0 on average for
 * what is independent, whatever the number of clips. Of batches of fewer than four clips it is 0.
 *
 * @param k kernel of one representation, `(clips, clips)`
 * @param l kernel of the other
 * @returns a scalar
 */
export function unbiasedHsic(k: Value, l: Value): Value {
  const n = sizeOf(k, 0);
  const products = sum(mul(centred(k), centred(l)), [0, 1], false);
  return enough(k, div(products, atLeastOne(mul(n, sub(n, 3)))));
}

/**
 * Centred kernel alignment made of unbiased estimates: at most 1, 0 on average for what is independent, and therefore
 * sometimes below it. The plain estimate of small batches is too high. Of fewer than four clips, and where one side is the
 * same for every clip, it is 0.
 */
export function unbiasedAlignment(k: Value, l: Value): Value {
  const [a, b] = [centred(k), centred(l)];
  const products = (x: Value, y: Value) => sum(mul(x, y), [0, 1], false);
  return enough(k, cosineOf(products(a, b), sum(square(a), [0, 1], false), sum(square(b), [0, 1], false)));
}

/**
 * A kernel whose diagonal is 0 and whose rows and columns sum to 0, so that products of two are unbiased (U-centring, Székely
 * and Rizzo 2014): `<a, b> / (n (n - 3))` is the estimate of Song and others.
 */
function centred(kernel: Value): Value {
  const apart = offDiagonal(kernel);
  const own = mul(kernel, apart);
  const n = sizeOf(kernel, 0);
  const others = atLeastOne(sub(n, 2));
  const rows = div(sum(own, [1]), others);
  const columns = div(sum(own, [0]), others);
  const all = div(sum(own, [0, 1]), mul(others, atLeastOne(sub(n, 1))));
  return mul(add(sub(sub(own, rows), columns), all), apart);
}

/** The estimate where there are clips enough for it, 0 elsewhere. */
function enough(kernel: Value, estimate: Value): Value {
  return mul(estimate, cast(greaterOrEqual(sizeOf(kernel, 0), leastClips), 'float32'));
}

function atLeastOne(value: Value): Value {
  return maximum(value, 1);
}
