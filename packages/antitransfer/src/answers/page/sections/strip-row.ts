import { repetitionName } from '../../../runs/plan/repetition-name.js';
import type { MethodRow } from '../../charts/strip-figure.js';
import type { RunResult } from '../../results.js';
import { type Estimate, estimateOf, type MethodSummary } from '../../summary.js';
import { colourOf, type Page, runsOf } from './page.js';

/** What is measured of every run, and how it is shown. */
export interface RowMeasure {
  readonly of: (run: RunResult) => number;
  /** From what is measured to what the axis counts: 100 for percent. */
  readonly scale: number;
  readonly format: (estimate: Estimate | undefined) => string;
}

/** A method's runs on an axis, with their mean and its interval. */
export function stripRow(
  page: Pick<Page, 'results' | 'colours'>,
  { method }: MethodSummary,
  measure: RowMeasure,
): MethodRow {
  const { of, scale, format } = measure;
  const runs = runsOf(page, method.id);
  const estimate = estimateOf(page.results, runs, of);
  const interval = estimate?.interval;
  return {
    method: method.id,
    label: method.label,
    note: format(estimate),
    colour: colourOf(page, method.id),
    hollow: method.control,
    runs: runs.map((run) => ({
      value: scale * of(run),
      title: `${repetitionName(run)}: ${format({ n: 1, mean: of(run), interval: undefined })}`,
    })),
    mean: estimate && scale * estimate.mean,
    interval: interval && [scale * interval[0], scale * interval[1]],
  };
}
