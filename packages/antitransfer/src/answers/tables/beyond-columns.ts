import type { BeyondSeeds } from '../beyond-seeds.js';
import { formatBounds } from '../format.js';
import type { MethodSummary } from '../summary.js';
import { several } from '../tasks.js';
import type { Column } from './column.js';

/** What columns of {@link beyondColumns} have in common: tables keep them together. */
export const BEYOND = 'interval of other ';

/** Intervals of the gain over other clips and groups than the test's, a column a population. */
export function beyondColumns(
  beyond: BeyondSeeds,
  summaries: readonly MethodSummary[],
): Column<MethodSummary>[] {
  return beyond.populations.map(({ name }) => {
    const intervals = new Map(summaries.map(({ method: { id } }) => [id, beyond.interval(id, name)]));
    const of = ({ method }: MethodSummary) => intervals.get(method.id);
    return {
      id: `${BEYOND}${several(name)}`,
      heading: `other ${several(name)}`,
      unit: '95% CI',
      value: (summary) => of(summary)?.join(' '),
      format: (summary) => formatBounds(of(summary)),
    };
  });
}
