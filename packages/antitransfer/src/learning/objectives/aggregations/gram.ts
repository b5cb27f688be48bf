import { expressions, sizeAt, type Value } from 'onnx-autograd';
import {
  asRows,
  compareElements,
  cosineOf,
  squaredNorm,
  timesTransposed,
  transposedTimes,
} from '../comparison.js';
import { defineAggregation } from './definition.js';
import { gramScale } from './gram-scale.js';

/**
 * Gram matrices of a sample. Where a map has fewer pixels than channels they are never made: the inner product of
 * `A A'` and `B B'` is the sum of squares of `A' B`, a matrix of pixels by pixels.
 */
export const gram = defineAggregation('gram', 'Gram matrix of the channels, one a sample', {
  prepare: (frozen) => (hasFewPixels(frozen) ? asRows(frozen) : gramOf(asRows(frozen))),
  compare: (current, prepared) => {
    const rows = asRows(current);
    if (!hasFewPixels(current)) return compareElements(gramOf(rows), prepared);
    const explicit = () => compareElements(gramOf(rows), gramOf(prepared));
    return {
      cosine: () =>
        cosineOf(
          squaredNorm(transposedTimes(rows, prepared)),
          squaredNorm(transposedTimes(rows, rows)),
          squaredNorm(transposedTimes(prepared, prepared)),
        ),
      rowCosines: () => explicit().rowCosines(),
      meanSquaredDifference: () => explicit().meanSquaredDifference(),
    };
  },
});

/** Pixels of a map, or channels: whichever is fewer decides how a Gram matrix is best compared. */
function pixelsOf(maps: Value): number {
  return maps.knownShape.slice(2).reduce<number>((product, _, i) => product * sizeAt(maps, i + 2), 1);
}

/** `A A' / (channels pixels)` of each sample: `(batch, channels, channels)`. */
function gramOf(rows: Value): Value {
  const [channels, pixels] = [sizeAt(rows, 1), sizeAt(rows, 2)];
  return expressions.mul(timesTransposed(rows, rows), 1 / (channels * pixels * gramScale));
}

function hasFewPixels(maps: Value): boolean {
  return pixelsOf(maps) < sizeAt(maps, 1);
}
