import { expressions, float32, type Graph, type Value } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import type { FeatureSettings } from './settings.js';
import type { FeatureSet } from './store/feature-set.js';

/** What features are standardised by: one number for all bins, or one for each. Plain data. */
export interface Standardisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Mean and standard deviation of the features of some clips: the training clips alone, or the test is no test.
 * One pass in double precision (Welford 1962). A bin that never changes has deviation 1, so that it becomes 0.
 *
 * ```ts
 * const standardisation = measureStandardisation(set, split.train, 'global');
 * standardise(set.data, standardisation);
 * ```
 *
 * @param set unstandardised features
 * @param clips positions of the training clips in the set
 * @throws UserError when there are no clips
 */
export function measureStandardisation(
  { shape, data }: Pick<FeatureSet, 'shape' | 'data'>,
  clips: readonly number[],
  over: FeatureSettings['standardise'],
): Standardisation {
  if (clips.length === 0) {
    throw new UserError('Standardisation needs at least one training clip; the training set is empty.');
  }
  const [, frames, bins] = shape;
  const mean = new Float64Array(bins);
  const squares = new Float64Array(bins);
  let rows = 0;
  for (const clip of clips) {
    const end = (clip + 1) * frames * bins;
    for (let row = clip * frames * bins; row < end; row += bins) {
      const share = 1 / ++rows;
      for (let bin = 0; bin < bins; bin++) {
        const value = data[row + bin]!;
        const difference = value - mean[bin]!;
        mean[bin]! += difference * share;
        squares[bin]! += difference * (value - mean[bin]!);
      }
    }
  }
  const variance = squares.map((sum) => sum / rows);
  const each = { mean: [...mean], deviation: Array.from(variance, usableDeviation) };
  return over === 'bin' ? each : pooled(mean, variance);
}

/** Over all bins: their variance is the mean variance inside a bin and the variance of the bins' means. */
function pooled(mean: Float64Array, variance: Float64Array): Standardisation {
  const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = average(mean);
  const between = average(mean.map((value) => (value - centre) ** 2));
  return { mean: [centre], deviation: [usableDeviation(average(variance) + between)] };
}

function usableDeviation(variance: number): number {
  return variance > 0 ? Math.sqrt(variance) : 1;
}

/** Subtracts the mean and divides by the deviation, in place. `data` is rows of bins. */
export function standardise(data: Float32Array, { mean, deviation }: Standardisation): void {
  const bins = mean.length;
  const factor = deviation.map((value) => 1 / value);
  for (let row = 0; row < data.length; row += bins) {
    for (let bin = 0; bin < bins; bin++) data[row + bin] = (data[row + bin]! - mean[bin]!) * factor[bin]!;
  }
}

/**
 * The same as nodes of a graph, for an exported model.
 *
 * @param features `(batch, 1, frames, bins)`
 * @returns the same shape
 */
export function appendStandardisation(
  graph: Graph,
  features: Value,
  { mean, deviation }: Standardisation,
): Value {
  const constant = (values: readonly number[], name: string) =>
    graph.constant(float32(values, [1, 1, 1, values.length]), `standardisation.${name}`);
  const centred = expressions.sub(features, constant(mean, 'mean'));
  const factor = deviation.map((value) => 1 / value);
  return expressions.mul(centred, constant(factor, 'factor'));
}
