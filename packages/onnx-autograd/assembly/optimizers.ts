// The inner loops of the optimizers in AssemblyScript, which compiles to WebAssembly with SIMD: four numbers at a time.
// `npm run generate` compiles it to src/optimizers/kernels.ts. Addresses are in bytes, 16-byte aligned; arrays are padded
// to a multiple of four numbers. The formulas are PyTorch's.

/** The sum of squares of `count` numbers, in double precision. */
export function sumOfSquares(values: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let end = values + ((<usize>count) << 2); values < end; values += 16) {
    const four = v128.load(values);
    const a = f64x2.promote_low_f32x4(four);
    const b = f64x2.promote_low_f32x4(i32x4.shuffle(four, four, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Four numbers of a gradient, scaled and then kept from `-limit` to `limit`, which may be infinite. */
function clipped(four: v128, scales: v128, limits: v128): v128 {
  return f32x4.max(f32x4.min(f32x4.mul(four, scales), limits), f32x4.neg(limits));
}

/**
 * Adam and AdamW.
 *
 * @param scale the gradient is multiplied by it first.
 * @param limit then each of its numbers is kept from `-limit` to `limit`.
 * @param decay times the parameter, is added to the gradient.
 * @param shrink the parameter is multiplied by it before it moves.
 * @param rest1 `1 - beta1`, which is not exact in single precision.
 * @param rate the learning rate over `1 - beta1^step`.
 * @param correction `1 / sqrt(1 - beta2^step)`.
 */
export function adam(
  parameter: usize,
  gradient: usize,
  mean: usize,
  variance: usize,
  count: i32,
  scale: f32,
  limit: f32,
  decay: f32,
  shrink: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
): void {
  const scales = f32x4.splat(scale);
  const limits = f32x4.splat(limit);
  const decays = f32x4.splat(decay);
  const shrinks = f32x4.splat(shrink);
  const beta1s = f32x4.splat(beta1);
  const beta2s = f32x4.splat(beta2);
  const rests1 = f32x4.splat(rest1);
  const rests2 = f32x4.splat(rest2);
  const rates = f32x4.splat(rate);
  const corrections = f32x4.splat(correction);
  const epsilons = f32x4.splat(epsilon);
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 16) {
    const weight = v128.load(parameter + at);
    const g = f32x4.add(clipped(v128.load(gradient + at), scales, limits), f32x4.mul(weight, decays));
    const m = f32x4.add(f32x4.mul(v128.load(mean + at), beta1s), f32x4.mul(g, rests1));
    const v = f32x4.add(f32x4.mul(v128.load(variance + at), beta2s), f32x4.mul(f32x4.mul(g, g), rests2));
    const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons);
    const move = f32x4.div(f32x4.mul(m, rates), divisor);
    v128.store(mean + at, m);
    v128.store(variance + at, v);
    v128.store(parameter + at, f32x4.sub(f32x4.mul(weight, shrinks), move));
  }
}

/** Stochastic gradient descent. */
export function descent(
  parameter: usize,
  gradient: usize,
  count: i32,
  scale: f32,
  limit: f32,
  decay: f32,
  rate: f32,
): void {
  const scales = f32x4.splat(scale);
  const limits = f32x4.splat(limit);
  const decays = f32x4.splat(decay);
  const rates = f32x4.splat(rate);
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 16) {
    const weight = v128.load(parameter + at);
    const g = f32x4.add(clipped(v128.load(gradient + at), scales, limits), f32x4.mul(weight, decays));
    v128.store(parameter + at, f32x4.sub(weight, f32x4.mul(g, rates)));
  }
}

/** The same with momentum, without dampening. */
export function momentum(
  parameter: usize,
  gradient: usize,
  velocity: usize,
  count: i32,
  scale: f32,
  limit: f32,
  decay: f32,
  rate: f32,
  share: f32,
  nesterov: bool,
): void {
  const scales = f32x4.splat(scale);
  const limits = f32x4.splat(limit);
  const decays = f32x4.splat(decay);
  const rates = f32x4.splat(rate);
  const shares = f32x4.splat(share);
  for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += 16) {
    const weight = v128.load(parameter + at);
    const g = f32x4.add(clipped(v128.load(gradient + at), scales, limits), f32x4.mul(weight, decays));
    const v = f32x4.add(f32x4.mul(v128.load(velocity + at), shares), g);
    v128.store(velocity + at, v);
    const move = nesterov ? f32x4.add(g, f32x4.mul(v, shares)) : v;
    v128.store(parameter + at, f32x4.sub(weight, f32x4.mul(move, rates)));
  }
}
