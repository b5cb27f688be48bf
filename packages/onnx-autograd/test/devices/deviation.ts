import type { RowResult } from './gradients-on-device.js';
import type { Trained } from './train-on-device.js';

/** The largest distance of a gradient from the reference's, relative to the reference's norm. */
export function deviation(reference: RowResult, found: RowResult): number {
  if (!('gradients' in reference)) throw new Error(`The reference fails: ${reference.error}`);
  if (!('gradients' in found)) return Number.NaN;
  const distances = reference.gradients.map((wanted, i) => {
    const given = found.gradients[i] ?? [];
    if (given.length !== wanted.length) return Number.NaN;
    return Math.hypot(...wanted.map((value, j) => value - (given[j] as number))) / Math.hypot(...wanted);
  });
  return Math.max(0, ...distances);
}

/** The largest distance of each array from the reference's, relative to the reference's norm. */
export function trainingDeviation(reference: Trained, found: Trained): number {
  const arrays = (trained: Trained) => [
    trained.losses,
    trained.norms,
    trained.logits,
    ...Object.keys(reference.end)
      .sort()
      .map((name) => trained.end[name] ?? []),
  ];
  const given = arrays(found);
  return Math.max(
    ...arrays(reference).map((wanted, i) => {
      const own = given[i] ?? [];
      if (own.length !== wanted.length) return Number.POSITIVE_INFINITY;
      const size = Math.hypot(...wanted);
      return size === 0 ? Math.hypot(...own) : Math.hypot(...wanted.map((v, j) => v - (own[j] ?? 0))) / size;
    }),
  );
}
