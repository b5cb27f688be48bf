import { formatDuration } from '../answers/format.js';
import { comparisonColumns, comparisonRows } from '../answers/joined/by-comparison.js';
import type { JoinedTable } from '../answers/joined/join.js';
import { joinedLegend } from '../answers/joined/text.js';
import { droppedColumns } from '../answers/sweep/dropped.js';
import { columnTables } from '../answers/tables/terminal.js';
import type { Estimate } from '../runs/estimate.js';
import type { Contest } from '../runs/halving/contest.js';
import type { DroppedCell, Halved } from '../runs/halving/halve.js';
import { byteSize } from './byte-size.js';
import { plainTable } from './plain-table.js';
import { printable } from './printable.js';

/** Characters of a method's name that a column has room for. */
const NAME = 20;

/** One cell of a plan, in numbers. */
export interface PlannedCellCount {
  readonly name: string;
  /** Trainings that it asks for, and those whose results are in the store. */
  readonly trainings: number;
  readonly done: number;
  /** Set where it is dropped already. */
  readonly dropped?: boolean;
}

/** What else a plan says. */
interface PlanFacts {
  /** Trainings side by side. */
  readonly parallel: number;
  /** Bytes of models in the folders of the cells. */
  readonly models: number;
  /** Whether some cells will be dropped: then it is no matter of sharing that there are fewer trainings. */
  readonly isHalved: boolean;
}

/** What a sweep asks for and what is left of it: sentences. */
export function planSentences(
  cells: readonly PlannedCellCount[],
  { trainings, tests, seconds, testSeconds, steps, bytes }: Estimate,
  { parallel, models, isHalved }: PlanFacts,
): string[] {
  const left = trainings.all - trainings.done;
  const asked = cells.reduce((total, cell) => total + cell.trainings, 0);
  const shared = !isHalved && asked > trainings.all ? ` (${asked} where each cell trained its own)` : '';
  const untested = tests.all - tests.done;
  const testing =
    untested === 0
      ? ''
      : testSeconds === undefined
        ? `, and ${untested} tests, whose time is not known before the first`
        : `, and ${untested} tests, about ${formatDuration(testSeconds)}`;
  return [
    `${counted(cells.length, 'cell')}: ${counted(trainings.all, 'training')}${shared}, of which ${trainings.done} are in the store; ${left} to train${testing}.`,
    ...(left === 0
      ? []
      : [
          `Training takes about ${formatDuration(seconds)} here, ${parallel} side by side, and less where it stops early: ${steps
            .map(
              (step) => `${step.trainings} with steps of ${step.milliseconds.toFixed(0)} ms (${step.name})`,
            )
            .join('; ')}.`,
        ]),
    `Disk: about ${byteSize(bytes)} more in the store, and ${byteSize(models)} of models in the folders of the cells.`,
  ];
}

/** A row a cell. */
export function planTable(cells: readonly PlannedCellCount[]): string {
  return plainTable(
    [{ head: 'cell' }, { head: 'trainings', align: 'right' }, { head: 'in the store', align: 'right' }],
    cells.map(({ name, trainings, done, dropped }) => [
      dropped === true ? `${name} (dropped)` : name,
      trainings,
      done,
    ]),
  );
}

/** What successive halving comes to: a sentence each contest's form, as cells compete alike. */
export function halvingSentences(
  contests: readonly Contest[],
  { dropped, decided }: Pick<Halved, 'dropped' | 'decided'>,
  { most, full }: { readonly most: number; readonly full: number },
): string[] {
  const [first] = contests;
  if (first === undefined) return [];
  const { by } = first.halving;
  const rungs = first.rungs.map(
    ({ number, cells, amount }) => `rung ${number}, ${counted(cells, 'cell')} with ${amount} ${by}`,
  );
  const last = first.rungs.at(-1)?.keeps ?? 0;
  const each = contests.length === 1 ? '' : ` (each of ${contests.length} contests)`;
  const known =
    decided === 0 ? '' : ` Of these rungs ${decided} are decided: ${dropped.length} cells are dropped.`;
  return [
    `Successive halving by accuracy on validation clips${each}: ${rungs.join('; ')}; then ${counted(last, 'cell')} in full, tested.${known}`,
    `The budget: ${most} trainings at most (without halving ${full}). Times are those of the dearest cells that may go on.`,
  ];
}

/** Cells that were dropped before the test: a row a cell. */
export function droppedTable(dropped: readonly DroppedCell[], width: number): string {
  return columnTables([...droppedColumns], dropped, ({ name }) => printable(name), { width }).join('\n\n');
}

/** Many comparisons and a few methods, as wide as the terminal: a row a comparison. */
export function sweepTable(table: JoinedTable, width: number): string {
  const columns = comparisonColumns(table).map((column) => ({
    ...column,
    heading: shortened(printable(column.heading)),
  }));
  const rows = comparisonRows(table);
  return columnTables(columns, rows, ({ run }) => printable(run.name), { width }).join('\n\n');
}

/** What the table is of. That methods are set otherwise in other cells is what a sweep is. */
export function sweepLegend(table: JoinedTable): string {
  return joinedLegend(table)[0] ?? '';
}

function shortened(name: string): string {
  return name.length <= NAME ? name : `${name.slice(0, NAME - 1)}…`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
