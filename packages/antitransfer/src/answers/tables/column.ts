import type { Spread } from '../../analysis/statistics.js';
import { formatShareEstimate, formatShares, formatUnits } from '../format.js';
import type { RunResult } from '../results.js';
import type { Estimate, MethodSummary } from '../summary.js';

/** A column of results. What a table is written as (text, HTML, CSV) is another matter: see the renderers beside this file. */
export interface Column<Row> {
  /** Unlike those of the other columns; what CSV calls it: `accuracy`, `cka speaker`. */
  readonly id: string;
  /** For people: `Accuracy`. A soft hyphen may stand in it. */
  readonly heading: string;
  /** `%`, `points`; empty where there is none. */
  readonly unit: string;
  /** The name of the orthogonal task that it is about; none for the target. */
  readonly about?: string;
  /** What people call that task, where there are several. */
  readonly task?: string | undefined;
  /** True for a symbol such as p, which is set in italics. */
  readonly symbol?: boolean;
  /** What is left of it where room is short, as in a terminal; all of it when absent. */
  readonly whenNarrow?: 'mean' | 'nothing';
  /** The plain number, for machines; undefined where there is none. */
  readonly value: (row: Row) => number | string | undefined;
  /** For people; a deviation is written behind ` ± `, an interval behind ` [`. */
  readonly format: (row: Row) => string;
  /** Whether it is a finding; by default it is none. */
  readonly significance?: (row: Row) => 'gain' | 'loss' | undefined;
}

/** What is measured of every run. */
export interface Measure {
  readonly id: string;
  readonly heading: string;
  /** `points` are written as `%` is. */
  readonly unit: '%' | 'points' | 'nats' | '';
  readonly about?: string;
  readonly task?: string | undefined;
  readonly whenNarrow?: 'mean' | 'nothing';
  readonly ofRun: (run: RunResult) => number | undefined;
  /** Mean and deviation, or mean and interval. */
  readonly ofMethod: (summary: MethodSummary) => Spread | Estimate | undefined;
}

/** A column whose numbers are shown as they are. */
export function plain<Row>(id: string, heading: string, value: Column<Row>['value']): Column<Row> {
  return { id, heading, unit: '', value, format: (row) => String(value(row) ?? '') };
}

/** The column of a measure in the table of methods. */
export function ofMethods({ ofMethod, ofRun: _, ...column }: Measure): Column<MethodSummary> {
  const format = column.unit === '%' || column.unit === 'points' ? formatShares : formatUnits;
  return {
    ...column,
    value: (summary) => ofMethod(summary)?.mean,
    format: (summary) => {
      const found = ofMethod(summary);
      return found !== undefined && 'interval' in found ? formatShareEstimate(found) : format(found);
    },
  };
}

/** The column of a measure in the table of runs. */
export function ofRuns({ id, heading, ofRun }: Measure): Column<RunResult> {
  return plain(id, heading, ofRun);
}
