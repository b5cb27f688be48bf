import type { PairedDifference } from '../../analysis/statistics.js';
import type { CurvePoint } from '../charts/lines.js';
import { meanCurve } from '../page/curves.js';
import type { ComparisonResults } from '../results.js';
import { type Estimate, estimateOf, summarise } from '../summary.js';
import { named } from '../tasks.js';

/** What the networks of one method still know of a task at the tap that the comparison looked at: the report's numbers. */
export interface TrainedTap {
  /** The method's id. */
  readonly method: string;
  /** Accuracy of the linear probe, in [0, 1]; undefined without runs, as all else. */
  readonly probe: Estimate | undefined;
  /** Of the probe, in [0, 1]. */
  readonly chance: number | undefined;
  /** Against the first method, in percentage points. */
  readonly probeChange: PairedDifference | undefined;
  /** CKA to the task's network on test clips. */
  readonly cka: Estimate | undefined;
  readonly ckaChange: PairedDifference | undefined;
  /** The same after each epoch, on validation clips; empty where it was not kept. */
  readonly ckaCurve: readonly CurvePoint[];
}

/** What is left of a task at the comparison's tap, method by method in their order. */
export function atTrainedTap(results: ComparisonResults, task: string): TrainedTap[] {
  return summarise(results).map(({ method, tasks }) => {
    const runs = results.runs.filter((run) => run.method === method.id);
    const { probe, probeChange, ckaChange } = named(tasks, task);
    return {
      method: method.id,
      probe: estimateOf(results, runs, (run) => named(run.tasks, task).probe.accuracy),
      chance: probe.chance,
      probeChange,
      cka: estimateOf(results, runs, (run) => named(run.tasks, task).cka),
      ckaChange,
      ckaCurve: meanCurve(runs, ({ measures }) => measures[`cka.${task}`]),
    };
  });
}
