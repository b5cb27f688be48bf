import type { Random } from 'onnx-autograd/random';

/**
 * A draw from Beta(alpha, alpha): of two draws from a Gamma distribution, the part that one has of both.
 *
 * @param alpha from 0.05 on; what is smaller may underflow
 * @returns from 0 to 1
 */
export function drawBeta(alpha: number, random: Random): number {
  const [one, other] = [drawGamma(alpha, random), drawGamma(alpha, random)];
  return one + other > 0 ? one / (one + other) : 0.5;
}

/** A draw from Gamma(shape, 1) (Marsaglia and Tsang 2000, a simple method for generating gamma variables). */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = random.normal();
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
