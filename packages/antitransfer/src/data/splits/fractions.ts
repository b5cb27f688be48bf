import { z } from 'zod';
import { onSides, type Side, sides } from './split.js';

export type Fractions = Readonly<Record<Side, number>>;

/** Rounding errors of sums such as 0.7 + 0.2 + 0.1. */
const TOLERANCE = 1e-9;

/** The setting that says how large each side is. */
export function fractionsSetting(defaults: Fractions) {
  const fraction = (side: string) => z.number().gt(0).lt(1).describe(`Part of the clips for ${side}.`);
  return z
    .strictObject({
      train: fraction('training'),
      validation: fraction('validation'),
      test: fraction('the test'),
    })
    .refine((fractions) => sumOf(fractions) <= 1 + TOLERANCE, {
      error: (issue) =>
        `The fractions must not add up to more than 1; these make ${sumOf(issue.input as Fractions)}.`,
    })
    .default(defaults)
    .describe(
      'How large the sides are. Where they add up to less than 1, the rest of the clips is not used.',
    );
}

function sumOf(fractions: Fractions): number {
  return sides.reduce((sum, side) => sum + fractions[side], 0);
}

/** Whole numbers of items for each side, by largest remainder: within one of `count x fraction`. */
export function sideSizes(count: number, fractions: Fractions): Record<Side, number> {
  const bySide = onSides((side) => {
    const share = count * fractions[side];
    const size = Math.floor(share + TOLERANCE);
    return { size, share, remainder: share - size };
  });
  const sizes = sides.map((side) => bySide[side]);
  const total = Math.round(sizes.reduce((sum, { share }) => sum + share, 0));
  let left = total - sizes.reduce((sum, { size }) => sum + size, 0);
  for (const entry of sizes.toSorted((a, b) => b.remainder - a.remainder)) {
    if (left <= 0) break;
    entry.size += 1;
    left -= 1;
  }
  return onSides((side) => bySide[side].size);
}
