import { meanInterval, type PairedDifferenceOptions } from '../../analysis/statistics.js';
import { mean } from '../../numbers/mean.js';
import { overSplits } from '../over-splits.js';
import { type LayerMeasure, layerNetworks } from './measures.js';
import type { LayerResults } from './results.js';

/** A measure of one network at one tap, over seeds and folds (over splits, where seeds share them). */
export interface LayerSummary {
  /** The method's id; null for the first weights. */
  readonly method: string | null;
  readonly tap: string;
  /** How many seeds and folds. */
  readonly n: number;
  readonly mean: number;
  /** 95% confidence interval of the mean; absent where nothing is known of how it varies: of one, or of equal ones. */
  readonly interval?: readonly [low: number, high: number];
}

/**
 * A measure at every tap for every network, with its interval over seeds and folds: `layerMeasures` lists what there is. Nothing of
 * where it was not measured.
 *
 * ```ts
 * const layers = await readLayerResults('runs/demo');
 * const ratio = resamplingRatio(await readResults('runs/demo'));
 * const [probe] = layerMeasures;
 * layerSummaries(layers, 'speaker', probe, { testToTrainRatio: ratio });
 * ```
 *
 * @param task the orthogonal task's name
 */
export function layerSummaries(
  results: LayerResults,
  task: string,
  { of }: Pick<LayerMeasure, 'of'>,
  options: PairedDifferenceOptions = {},
): LayerSummary[] {
  return layerNetworks(results).flatMap(({ id }) =>
    results.taps.flatMap((tap): LayerSummary[] => {
      const values = overSplits(
        results.results.filter(
          (result) => result.method === id && result.task === task && result.tap === tap,
        ),
        of,
      );
      if (values.length === 0) return [];
      const interval = meanInterval(values, options);
      return [{ method: id, tap, n: values.length, mean: mean(values), ...(interval && { interval }) }];
    }),
  );
}

/**
 * How often always naming the most frequent label is right, in [0, 1]: the mean over all readings of a task, and the least and
 * the most of them. `undefined` where no probe was asked for.
 */
export function layerChance(
  { results }: Pick<LayerResults, 'results'>,
  task: string,
): { readonly mean: number; readonly low: number; readonly high: number } | undefined {
  const chances = results.flatMap(({ task: of, linear, mlp }) => {
    const reading = linear ?? mlp;
    return of === task && reading !== undefined ? [reading.chance] : [];
  });
  if (chances.length === 0) return undefined;
  return { mean: mean(chances), low: Math.min(...chances), high: Math.max(...chances) };
}
