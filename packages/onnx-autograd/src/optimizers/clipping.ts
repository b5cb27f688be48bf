import { GraphError } from '../errors.js';
import type { GradientClip } from './optimizer.js';

/** How far the gradients of a step may go. */
export interface ClippingSettings {
  /** The gradient's norm over all weights is scaled down to this when it is larger. */
  readonly clipNorm?: number;
  /** Each number of the gradient is kept from minus this to this; behind `clipNorm`, where both are given. */
  readonly clipValue?: number;
}

/** @throws GraphError when a limit is not above 0. */
export function requireLimits(settings: ClippingSettings): void {
  for (const key of ['clipNorm', 'clipValue'] as const) {
    const limit = settings[key];
    if (limit === undefined || limit > 0) continue;
    throw new GraphError(`${key} is ${limit}; it is a number above 0. Leave it out to clip nothing.`);
  }
}

/** What is done to gradients of this norm. */
export function clipFor(settings: ClippingSettings, norm: number): GradientClip {
  const { clipNorm = Number.POSITIVE_INFINITY, clipValue = Number.POSITIVE_INFINITY } = settings;
  return { scale: norm > clipNorm ? clipNorm / norm : 1, limit: clipValue };
}
