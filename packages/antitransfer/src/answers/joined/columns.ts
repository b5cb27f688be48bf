import { selectionInWords } from '../selection.js';
import { type Column, plain } from '../tables/column.js';
import type { JoinedRow, JoinedTable } from './join.js';
import { looksColumns } from './looks-text.js';

/** The columns of a joined table for people, beside the methods' names: what each looks at, then a column a comparison. */
export function joinedColumns({ measure, runs }: JoinedTable): Column<JoinedRow>[] {
  return [
    ...looksColumns<JoinedRow>(({ looks }) => looks),
    ...runs.map(
      ({ name }, at): Column<JoinedRow> => ({
        id: name,
        heading: name,
        unit: measure.unit,
        value: ({ cells }) => cells[at]?.mean,
        format: ({ cells }) => {
          const cell = cells[at];
          return cell === undefined ? '–' : `${measure.format(cell)}${cell.best ? ' *' : ''}`;
        },
        significance: ({ cells }) => (cells[at]?.best ? 'gain' : undefined),
      }),
    ),
  ];
}

/** The same for machines: plain numbers, of each comparison mean, interval, runs, whether it is the best, what it looks at there, and how models were chosen. */
export function joinedMachineColumns({ runs }: JoinedTable): Column<JoinedRow>[] {
  return [
    plain('method', 'Method', ({ id }) => id),
    ...runs.flatMap(({ name, selection }, at) => [
      plain<JoinedRow>(`${name} mean`, name, ({ cells }) => cells[at]?.mean),
      plain<JoinedRow>(`${name} low`, name, ({ cells }) => cells[at]?.interval?.[0]),
      plain<JoinedRow>(`${name} high`, name, ({ cells }) => cells[at]?.interval?.[1]),
      plain<JoinedRow>(`${name} n`, name, ({ cells }) => cells[at]?.n),
      plain<JoinedRow>(`${name} best`, name, ({ cells }) => cells[at] && String(cells[at].best)),
      plain<JoinedRow>(
        `${name} labels`,
        name,
        ({ looks }) => looks[at] && (looks[at].labels.join(' ') || 'none'),
      ),
      plain<JoinedRow>(`${name} validation`, name, ({ looks }) => looks[at]?.validation),
      plain<JoinedRow>(`${name} selection`, name, () => selectionInWords(selection)),
    ]),
  ];
}
