import { type PairedDifference, pairedDifference } from '../../analysis/statistics.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
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
  const valuesOf = (id: string) =>
    new Map(
      layers.results
        .filter((one) => one.method === id && one.task === task && one.tap === tap)
        .flatMap((one) => {
          const value = of(one);
          return value === undefined ? [] : [[repetitionName(one), value] as const];
        }),
    );
  const others = valuesOf(reference.id);
  const pairs = [...valuesOf(method)].flatMap(([repetition, value]) => {
    const other = others.get(repetition);
    return other === undefined ? [] : [[value, other] as const];
  });
  const testToTrainRatio = resamplingRatio(results);
  return pairedDifference(pairs, { ...(testToTrainRatio !== undefined && { testToTrainRatio }) });
}
