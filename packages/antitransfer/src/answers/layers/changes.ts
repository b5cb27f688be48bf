import { type PairedDifference, pairedDifference } from '../../analysis/statistics.js';
import { itemAt } from '../../lookup.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
import { overSplits } from '../over-splits.js';
import type { ComparisonResults } from '../results.js';
import { resamplingRatio } from '../summary.js';
import type { LayerMeasure } from './measures.js';
import type { LayerResults } from './results.js';

/** Which networks, where, beside which orthogonal task. */
export interface LayerPlace {
  /** The method's id; null for the first weights. */
  readonly method: string | null;
  readonly task: string;
  readonly tap: string;
}

/**
 * How a measure of a method differs at a tap from that of the comparison's first method, over the seeds and folds that both
 * have, corrected as gains are. Undefined of the first method itself, of the first weights, and where there are no pairs.
 */
export function layerChange(
  layers: LayerResults,
  results: ComparisonResults,
  { method, task, tap }: LayerPlace,
  { of }: Pick<LayerMeasure, 'of'>,
): PairedDifference | undefined {
  const [reference] = results.methods;
  if (method === null || reference === undefined || method === reference.id) return undefined;
  const readingsOf = (id: string) =>
    layers.results.filter(
      (one) => one.method === id && one.task === task && one.tap === tap && of(one) !== undefined,
    );
  const others = new Map(readingsOf(reference.id).map((one) => [repetitionName(one), of(one)]));
  const both = readingsOf(method).filter((one) => others.has(repetitionName(one)));
  const own = overSplits(both, of);
  const pairs = overSplits(both, (one) => others.get(repetitionName(one))).map(
    (other, i) => [itemAt(own, i), other] as const,
  );
  const testToTrainRatio = resamplingRatio(results);
  return pairedDifference(pairs, { ...(testToTrainRatio !== undefined && { testToTrainRatio }) });
}
