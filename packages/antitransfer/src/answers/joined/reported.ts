import { matchesAny } from 'onnx-autograd/internal';
import { mean } from '../../numbers/mean.js';
import { type Reported, reportedSettings } from '../../runs/config/reported.js';
import { PairedRuns } from '../pairs.js';
import type { ComparisonResults } from '../results.js';
import type { JoinedCell, JoinedRow, JoinedTable, NamedResults } from './join.js';
import { validationAccuracy } from './layerwise/gains.js';
import type { JoinedMeasure } from './measures.js';

/** What a comparison says of one number that others reported; undefined where it says nothing of it. */
interface ReportedColumn extends NamedResults {
  readonly source: string | undefined;
  readonly entry: Reported['accuracies'][number] | undefined;
  /** What was reported of the comparison's first method, in percent. */
  readonly reference: number | undefined;
}

/** Rows of a table, and a sentence for each of them that needs one. */
type RowsWithNotes = Pick<JoinedTable, 'rows' | 'notes'>;

/**
 * Puts what others reported into a table: below the methods that a number stands beside, where there are several after the one that
 * validation clips choose and the one that is best on the test. Rows stay as they are for a measure of which nothing was reported.
 *
 * @param all the comparisons that the table joins
 */
export function withReported(table: JoinedTable, all: readonly NamedResults[]): JoinedTable {
  const { ofReported } = table.measure;
  if (ofReported === undefined) return table;
  const blocks = byLabel(all).map(([label, columns]) => {
    const beside = table.rows.filter(({ id }) => columns.some(({ entry }) => stands(entry, id)));
    const ours = beside.length > 1 ? chosenRows(label, beside, columns) : { rows: [], notes: [] };
    const number = reportedRow(label, columns, ofReported);
    const isSaid = number.cells.some((cell) => cell !== undefined);
    return { below: beside.at(-1)?.id, rows: [...ours.rows, ...(isSaid ? [number] : [])], notes: ours.notes };
  });
  const rowsBelow = (id: string | undefined) =>
    blocks.flatMap((block) => (block.below === id ? block.rows : []));
  return {
    ...table,
    // What stands beside no method of these comparisons comes last.
    rows: [...table.rows.flatMap((row) => [row, ...rowsBelow(row.id)]), ...rowsBelow(undefined)],
    notes: [...sourceNotes(all), ...blocks.flatMap(({ notes }) => notes), ...table.notes],
  };
}

/** That a number is not ours, once a source. */
function sourceNotes(all: readonly NamedResults[]): string[] {
  const sources = new Set(all.flatMap(({ results }) => reportedIn(results)?.source ?? []));
  return [...sources].map(
    (source) =>
      `${source}: what was reported there, as the configuration has it; nothing of it was measured here. Best on validation is a fair choice, ` +
      'best on the test one by what measures it.',
  );
}

function reportedIn({ config }: ComparisonResults): Reported | undefined {
  return reportedSettings.safeParse(config.reported).data;
}

/** What is reported under each label, by the columns. */
function byLabel(all: readonly NamedResults[]): [label: string, columns: ReportedColumn[]][] {
  const columns = all.map((column) => ({
    column,
    reported: reportedIn(column.results),
  }));
  const labels = new Set(
    columns.flatMap(({ reported }) => reported?.accuracies.map(({ label }) => label) ?? []),
  );
  return [...labels].map((label) => [
    label,
    columns.map(({ column, reported }): ReportedColumn => {
      const first = column.results.methods[0]?.id;
      const entries = reported?.accuracies ?? [];
      const entry = entries.find((one) => one.label === label);
      const reference = entries.find(({ methods }) => methods.length === 1 && methods[0] === first);
      return {
        ...column,
        source: entry && reported?.source,
        entry,
        reference: entry === reference ? undefined : reference?.percent,
      };
    }),
  ]);
}

function stands(entry: ReportedColumn['entry'], id: string): boolean {
  return entry !== undefined && matchesAny(id, entry.methods);
}

function reportedRow(
  label: string,
  columns: readonly ReportedColumn[],
  ofReported: NonNullable<JoinedMeasure['ofReported']>,
): JoinedRow {
  const sources = new Set(columns.flatMap(({ source }) => source ?? []));
  return {
    id: `${label}: reported`,
    label: `${label}: ${[...sources].join(', ')}`,
    control: false,
    looks: columns.map(() => undefined),
    cells: columns.map(({ entry, reference }): JoinedCell | undefined => {
      const value = entry && ofReported(entry.percent, reference);
      return value === undefined ? undefined : { n: 0, mean: value, interval: undefined, best: false };
    }),
  };
}

/** Of several methods those that are chosen, by each comparison for itself. */
function chosenRows(
  label: string,
  beside: readonly JoinedRow[],
  columns: readonly ReportedColumn[],
): RowsWithNotes {
  const chosen = columns.map((column) => chosenIn(column));
  const row = (choice: string, by: 'validation' | 'test'): RowsWithNotes => {
    const id = `${label}: ${choice}`;
    const named = columns.flatMap(({ name }, at) => {
      const method = chosen[at]?.[by];
      return method === undefined ? [] : [`${method} in ${name}`];
    });
    const rows = columns.map((_, at) => beside.find((one) => one.id === chosen[at]?.[by]));
    const cells = rows.map((found, at) => {
      const cell = found?.cells[at];
      return cell && { ...cell, best: false };
    });
    const looks = rows.map((found, at) => {
      const seen = found?.looks[at];
      // What is chosen by validation clips does not ignore them, even if each method does.
      const isChoice = by === 'validation' && seen?.validation === 'ignores';
      return seen && isChoice ? { ...seen, validation: 'chooses' as const } : seen;
    });
    if (named.length === 0) return { rows: [], notes: [] };
    return {
      rows: [{ id, label: id, control: false, looks, cells }],
      notes: [`${id}: ${named.join(', ')}.`],
    };
  };
  const [fair, flattered] = [row('best on validation', 'validation'), row('best on the test', 'test')];
  return { rows: [...fair.rows, ...flattered.rows], notes: [...fair.notes, ...flattered.notes] };
}

/** The methods that a number stands beside, but for controls, of which one is taken: by their accuracy on validation and test clips. */
function chosenIn({
  results,
  entry,
}: ReportedColumn): Readonly<Record<'validation' | 'test', string | undefined>> {
  const paired = new PairedRuns(results);
  const candidates = results.methods.flatMap(({ id, control }) => {
    const runs = control || !stands(entry, id) ? [] : paired.of(id);
    if (runs.length === 0) return [];
    const test = mean(runs.map((run) => run.test.accuracy));
    return [{ id, test, validation: validationAccuracy(runs) }];
  });
  const best = (by: 'validation' | 'test') =>
    candidates.toSorted((a, b) => (b[by] ?? 0) - (a[by] ?? 0))[0]?.id;
  const isValidated = candidates.every(({ validation }) => validation !== undefined);
  return { validation: isValidated ? best('validation') : undefined, test: best('test') };
}
