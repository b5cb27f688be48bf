import { dot } from '../numbers/dot.js';

/** Pairs of steps that approximate the curvature. */
const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const SHORTEST_STEP = 1e-10;

/** A function's value at a point; writes its gradient. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Stops when no element of the gradient is larger. */
  readonly tolerance?: number;
  readonly maximumIterations?: number;
}

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Minimises a smooth convex function by limited-memory BFGS with a backtracking line search (Nocedal and Wright,
 * Numerical Optimization, algorithms 7.4, 7.5 and 3.1).
 *
 * @param start shape (parameters); not changed
 * @throws RangeError when the function is NaN or infinite there
 * @returns the minimum, or the best point found when the iterations run out
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-4, maximumIterations = 200 }: MinimiseOptions = {},
): Float64Array {
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = objective(point, gradient);
  if (!Number.isFinite(value)) throw new RangeError(`The function to be minimised is ${value} at its start.`);
  const corrections: Correction[] = [];
  for (let iteration = 0; iteration < maximumIterations && maximumNorm(gradient) > tolerance; iteration++) {
    const direction = descend(gradient, corrections);
    const slope = dot(direction, gradient);
    // Without curvature information the gradient's length says nothing of how far to go.
    let length = corrections.length === 0 ? Math.min(1, 1 / maximumNorm(gradient)) : 1;
    let next = point;
    const nextGradient = new Float64Array(point.length);
    let nextValue = Number.POSITIVE_INFINITY;
    for (; length > SHORTEST_STEP; length /= 2) {
      next = point.map((coordinate, i) => coordinate + length * direction[i]!);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) break;
    }
    if (!(nextValue < value)) return point;
    const step = next.map((coordinate, i) => coordinate - point[i]!);
    const change = nextGradient.map((slopeAfter, i) => slopeAfter - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 0) corrections.push({ step, change, curvature });
    if (corrections.length > MEMORY) corrections.shift();
    point = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return point;
}

/** The two-loop recursion: minus the gradient, times the inverse curvature. */
function descend(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const weights: number[] = [];
  for (const { step, change, curvature } of corrections.toReversed()) {
    const weight = dot(step, direction) / curvature;
    weights.push(weight);
    addScaled(direction, change, -weight);
  }
  const last = corrections.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, curvature } of corrections) {
    addScaled(direction, step, weights.pop()! - dot(change, direction) / curvature);
  }
  return direction;
}

function addScaled(to: Float64Array, vector: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * vector[i]!;
}

/** Largest absolute value. */
function maximumNorm(values: Float64Array): number {
  let found = 0;
  for (const value of values) found = Math.max(found, Math.abs(value));
  return found;
}
