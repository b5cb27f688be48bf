import type { DroppedCell } from '../../runs/halving/halve.js';
import { formatShare } from '../format.js';
import { type Column, plain } from '../tables/column.js';

/** Cells that were dropped on validation clips: when, and by which figure. Of test clips nothing is known. */
export const droppedColumns: readonly Column<DroppedCell>[] = [
  plain('rung', 'Dropped after', ({ rung, rungs }) => `rung ${rung} of ${rungs}`),
  plain('trained', 'Trained', trained),
  {
    id: 'validation',
    heading: 'On validation',
    unit: '%',
    value: ({ validation }) => validation?.accuracy,
    format: ({ validation }) =>
      validation === null ? 'diverged' : `${formatShare(validation.accuracy)} (${validation.method})`,
  },
  {
    id: 'needed',
    heading: 'Last that went on',
    unit: '%',
    value: ({ needed }) => needed ?? undefined,
    format: ({ needed }) => formatShare(needed ?? undefined),
  },
  plain('place', 'Place', ({ place, cells, kept }) => `${place} of ${cells}, ${kept} went on`),
];

function trained({ trained: { by, amount } }: DroppedCell): string {
  return `${amount} ${amount === 1 ? singular[by] : by}`;
}

const singular = { repetitions: 'repetition', epochs: 'epoch' } as const;

/** What the cells are of which nothing is known on the test. */
export function droppedSentence(dropped: readonly DroppedCell[]): string {
  const { length } = dropped;
  return `${length} ${length === 1 ? 'cell was' : 'cells were'} dropped by successive halving: on validation clips others were better. They were not tested.`;
}
