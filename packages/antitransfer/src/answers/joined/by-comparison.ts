import type { Column } from '../tables/column.js';
import type { JoinedCell, JoinedRun, JoinedTable } from './join.js';

/** One comparison of a joined table, as a row: for tables of many comparisons and few methods. */
export interface ComparisonRow {
  readonly run: JoinedRun;
  /** By the methods of the table. */
  readonly cells: readonly (JoinedCell | undefined)[];
}

/** A joined table turned: a row a comparison. */
export function comparisonRows({ runs, rows }: JoinedTable): ComparisonRow[] {
  return runs.map((run, at) => ({ run, cells: rows.map(({ cells }) => cells[at]) }));
}

/** A column a method, for people; the best of each row is marked. */
export function comparisonColumns({ measure, rows }: JoinedTable): Column<ComparisonRow>[] {
  return rows.map(({ id, label }, at) => {
    const cellOf = ({ cells }: ComparisonRow) => cells[at];
    return {
      id,
      heading: label,
      unit: measure.unit,
      value: (row) => cellOf(row)?.mean,
      format: (row) => {
        const cell = cellOf(row);
        return cell === undefined ? '–' : `${measure.format(cell)}${cell.best ? ' *' : ''}`;
      },
      significance: (row) => (cellOf(row)?.best ? 'gain' : undefined),
    };
  });
}
