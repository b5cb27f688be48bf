import { expressions, float32, type Value } from 'onnx-autograd';

const { add, matMul, mul, sub } = expressions;

/** What is left of the error where the matrix is worst. */
const tolerance = 1e-6;

/**
 * The inverse of `matrix + ridge I` by Newton and Schulz's iteration, `V <- V (2 I - A V)`, since no operator of ONNX solves
 * or decomposes. From `I / trace` the error of an eigenvalue e is `(1 - e / trace)` to the power 2^k after k iterations: their
 * number is that which the smallest possible eigenvalue, the ridge, needs, 17 for 64 channels and a ridge of 0.01. Gradients
 * pass through all of them. Rounding leaves a relative error of about 1e-7 times the condition.
 *
 * @param matrix symmetric, without negative eigenvalues, with a diagonal of at most 1: `(n, n)`
 */
export function ridgeInverse(matrix: Value, n: number, ridge: number): Value {
  const { graph } = matrix;
  const identity = graph.constant(
    float32(
      Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
      [n, n],
    ),
    'identity',
  );
  const a = add(matrix, mul(identity, ridge));
  const trace = n * (1 + ridge);
  const twice = mul(identity, 2);
  let inverse: Value = mul(identity, 1 / trace);
  for (let k = 0; k < iterationsFor(trace / ridge); k++) {
    inverse = matMul(inverse, sub(twice, matMul(a, inverse)));
  }
  return inverse;
}

/** How often the error of the worst eigenvalue is squared until it is below the tolerance. */
function iterationsFor(condition: number): number {
  return Math.ceil(Math.log2(condition * Math.log(1 / tolerance)));
}
