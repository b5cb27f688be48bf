import { expressions, type Graph, type Value } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import type { FeatureSettings } from './settings.js';
import type { ClipFeatures } from './store/clip-features.js';

/** What features are standardised by: one number for all bins, or one for each. Plain data. */
export interface Standardisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Numbers that are read at once to measure them: 4 MiB. */
const batchNumbers = 2 ** 20;

/**
 * Mean and standard deviation of the features of some clips: only of the training clips, or the test is no test.
 * One pass in double precision (Welford 1962), some rows at a time. A bin that never changes has deviation 1, so that it
 * becomes 0.
 *
 * ```ts
 * const standardisation = await measureStandardisation(features, split.train, 'global');
 * ```
 *
 * @param features unstandardised
 * @param rows of the training clips
 * @throws UserError when there are none
 * @throws MissingFeaturesError when they are no longer there, or damaged
 */
export async function measureStandardisation(
  features: ClipFeatures,
  rows: readonly number[],
  over: FeatureSettings['standardise'],
): Promise<Standardisation> {
  if (rows.length === 0) {
    throw new UserError('Standardisation needs at least one training clip; the training set is empty.');
  }
  const [, frames, bins] = features.shape;
  const moments = new BinMoments(bins);
  const size = frames * bins;
  const batchRows = Math.max(1, Math.floor(batchNumbers / size));
  const buffer = new Float32Array(Math.min(batchRows, rows.length) * size);
  for (let first = 0; first < rows.length; first += batchRows) {
    const batch = rows.slice(first, first + batchRows);
    const data = buffer.subarray(0, batch.length * size);
    await features.read(batch, data);
    moments.add(data);
  }
  return moments.standardisation(over);
}

/** Mean and variance of each bin over the frames that come, in double precision. */
class BinMoments {
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  #frames = 0;

  constructor(private readonly bins: number) {
    this.#mean = new Float64Array(bins);
    this.#squares = new Float64Array(bins);
  }

  /** @param data frames x bins */
  add(data: Float32Array): void {
    const { bins } = this;
    const [mean, squares] = [this.#mean, this.#squares];
    for (let frame = 0; frame < data.length; frame += bins) {
      const share = 1 / ++this.#frames;
      for (let bin = 0; bin < bins; bin++) {
        const value = data[frame + bin]!;
        const difference = value - mean[bin]!;
        mean[bin]! += difference * share;
        squares[bin]! += difference * (value - mean[bin]!);
      }
    }
  }

  standardisation(over: FeatureSettings['standardise']): Standardisation {
    const variance = this.#squares.map((sum) => sum / this.#frames);
    if (over === 'global') return pooled(this.#mean, variance);
    return { mean: [...this.#mean], deviation: Array.from(variance, usableDeviation) };
  }
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
 * The same as nodes of a graph, to the same bits: in double precision, rounded once. They are the only place where
 * features are standardised for a network, in training, evaluation and in an exported model.
 *
 * @param features `(batch, 1, frames, bins)`, float32
 * @returns the same shape
 */
export function appendStandardisation(
  graph: Graph,
  features: Value,
  { mean, deviation }: Standardisation,
): Value {
  const constant = (values: readonly number[], name: string) =>
    graph.constant(
      { type: 'float64', dims: [1, 1, 1, values.length], data: Float64Array.from(values) },
      `standardisation.${name}`,
    );
  const factor = deviation.map((value) => 1 / value);
  const centred = expressions.sub(expressions.cast(features, 'float64'), constant(mean, 'mean'));
  return expressions.cast(expressions.mul(centred, constant(factor, 'factor')), 'float32');
}
