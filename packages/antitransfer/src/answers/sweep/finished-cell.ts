import type { NamedResults } from '../joined/join.js';
import type { ComparisonResults } from '../results.js';
import { type MethodSummary, summarise } from '../summary.js';
import { judge, type Verdict } from '../verdict/verdict.js';

/** A finished cell of a sweep. Its results are without samples and predictions, which of many cells would not fit the memory. */
export interface FinishedCell extends NamedResults {
  /** As its own report has them: from all of its results. */
  readonly verdict: Verdict;
  readonly summaries: readonly MethodSummary[];
}

/** What is kept of a cell's results beside those of others. */
export function finishedCell(name: string, results: ComparisonResults): FinishedCell {
  const summaries = summarise(results);
  const runs = results.runs.map((run) => ({ ...run, predictions: [] }));
  return {
    name,
    results: { ...results, runs, samples: [] },
    verdict: judge(results, summaries),
    summaries,
  };
}
