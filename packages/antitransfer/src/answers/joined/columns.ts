import { selectionInWords } from '../selection.js';
import { type Column, plain } from '../tables/column.js';
import type { JoinedRow, JoinedTable } from './join.js';
import type { LabelledClips } from './looks.js';

/** In as few characters as a column of a terminal has. */
const shortly: Readonly<Record<LabelledClips, string>> = {
  training: 'train',
  validation: 'valid',
  orthogonal: 'orth',
};

/** The columns of a joined table for people, beside the methods' names: what each looks at, then a column a comparison. */
export function joinedColumns({ measure, runs }: JoinedTable): Column<JoinedRow>[] {
  return [
    {
      id: 'labels',
      heading: 'labels',
      unit: 'seen',
      value: ({ looks }) => looks?.labels.join(' '),
      format: ({ looks }) => looks?.labels.map((clips) => shortly[clips]).join('+') || '–',
    },
    {
      id: 'validation',
      heading: 'valid.',
      unit: 'clips',
      value: ({ looks }) => looks?.validation,
      format: ({ looks }) => looks?.validation ?? '–',
    },
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

/** The same for machines: plain numbers, of each comparison mean, interval, runs, whether it is the best, and how its models were chosen. */
export function joinedMachineColumns({ runs }: JoinedTable): Column<JoinedRow>[] {
  return [
    plain('method', 'Method', ({ id }) => id),
    plain('labels', 'Labels', ({ looks }) => looks?.labels.join(' ')),
    plain('validation', 'Validation', ({ looks }) => looks?.validation),
    ...runs.flatMap(({ name, selection }, at) => [
      plain<JoinedRow>(`${name} mean`, name, ({ cells }) => cells[at]?.mean),
      plain<JoinedRow>(`${name} low`, name, ({ cells }) => cells[at]?.interval?.[0]),
      plain<JoinedRow>(`${name} high`, name, ({ cells }) => cells[at]?.interval?.[1]),
      plain<JoinedRow>(`${name} n`, name, ({ cells }) => cells[at]?.n),
      plain<JoinedRow>(`${name} best`, name, ({ cells }) => cells[at] && String(cells[at].best)),
      plain<JoinedRow>(`${name} selection`, name, () => selectionInWords(selection)),
    ]),
  ];
}
