import Table from 'cli-table3';
import picocolors from 'picocolors';
import { spread } from '../../analysis/statistics.js';
import { groupBy } from '../../group-by.js';
import { sum } from '../../numbers/mean.js';
import { theTask } from '../../task-words.js';
import { BeyondSeeds, beyondSeedsNote } from '../beyond-seeds.js';
import { intervalCoverage } from '../coverage.js';
import { formatShare } from '../format.js';
import { looksOfMethod } from '../joined/looks.js';
import { looksColumns, looksLegend } from '../joined/looks-text.js';
import type { ComparisonResults } from '../results.js';
import { selectionOf, selectionSentence } from '../selection.js';
import type { MethodSummary } from '../summary.js';
import { named } from '../tasks.js';
import { unchangedNote } from '../unchanged.js';
import { wrapped } from '../wrapped.js';
import { BEYOND, beyondColumns } from './beyond-columns.js';
import type { Column } from './column.js';
import { calibrationColumns, methodColumns } from './columns.js';

/** How a table is written for a terminal. */
export interface SummaryTableOptions {
  /** Emphasise with colour; by default on a terminal that shows it, unless NO_COLOR is set; elsewhere if FORCE_COLOR is. */
  readonly colour?: boolean;
  /** Characters that a line may take, 60 or more; 100 by default. */
  readonly width?: number;
}

type Colours = ReturnType<typeof picocolors.createColors>;

const WIDTH = 100;
/** Characters that methods' names have at least; longer ones are broken between words. */
const NAMES = 16;
/** Characters of a line of the name of the orthogonal task that a column is about. */
const TASK_NAME = 10;

/** Files and pipes get none, in continuous integration neither, where picocolors alone would colour them. */
function showsColour(): boolean {
  return picocolors.isColorSupported && (process.stdout.isTTY || process.env.FORCE_COLOR !== undefined);
}

/**
 * The summary of a comparison as a table for the terminal, and what is right by chance. Columns that do not fit the width
 * follow in tables of their own below. Ends without a line break.
 */
export function summaryTable(
  results: ComparisonResults,
  summaries: readonly MethodSummary[],
  { colour = showsColour(), width = WIDTH }: SummaryTableOptions = {},
): string {
  const beyond = new BeyondSeeds(results);
  const all = [
    ...methodColumns(results, summaries),
    ...beyondColumns(beyond, summaries),
    ...calibrationColumns(summaries),
    ...looksColumns<MethodSummary>(({ method }) => [looksOfMethod(method, results)]),
  ];
  const columns = all.filter(({ whenNarrow }) => whenNarrow !== 'nothing');
  const tables = columnTables(columns, summaries, ({ method }) => method.label, { colour, width });
  const notes = [
    chances(results, summaries),
    groups(summaries) ? worstGroups(results) : undefined,
    columns.some(({ id }) => id === 'calibration_error') ? CALIBRATION : undefined,
    looksLegend([selectionOf(results).choice]),
    selectionSentence(results),
    intervalCoverage(results),
    beyondSeedsNote(beyond),
    unchangedNote(results),
  ].filter((note) => note !== undefined);
  return [tables.join('\n\n'), ...notes.map((note) => wrapped(note, width))].join('\n');
}

/**
 * Rows of methods in as many tables below one another as their columns need. Each ends without a line break.
 *
 * @param labelOf what stands in the first column
 */
export function columnTables<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  labelOf: (row: Row) => string,
  { colour = showsColour(), width = WIDTH }: SummaryTableOptions = {},
): string[] {
  const colours = picocolors.createColors(colour);
  const longest = Math.max(...rows.map((row) => labelOf(row).length), 'Method'.length) + 1;
  const sized = columns.map((column) => sizedColumn(column, rows));
  return cutToWidth(sized, width - Math.min(longest, NAMES)).map((some) =>
    tableOf(some, rows, labelOf, Math.min(longest, width - widthOf(some)), colours),
  );
}

function groups(summaries: readonly MethodSummary[]): boolean {
  return summaries.some(({ tasks }) => tasks.some(({ worst }) => worst !== undefined));
}

function worstGroups({ tasks, target }: ComparisonResults): string {
  const of = tasks.length === 1 && tasks[0] !== undefined ? tasks[0].name : 'label';
  return `Worst: accuracy in the ${target.column} for the worst ${of}; gap: highest less lowest.`;
}

const CALIBRATION =
  'ECE: expected calibration error, how far confidence and accuracy are apart (15 bins); few clips raise it. Brier: squared ' +
  'distance of the probabilities from the truth. NLL: cross-entropy.';

/** What is right by always naming the most frequent label. */
function chances(results: ComparisonResults, summaries: readonly MethodSummary[]): string {
  const probes = results.tasks.map((task) => {
    const measured = summaries.flatMap(({ tasks }) => named(tasks, task.name).probe.chance ?? []);
    return `${formatShare(spread(measured).mean ?? task.chance)}% (probe of ${theTask(task)})`;
  });
  return `By chance: ${formatShare(results.target.chance)}% (accuracy), ${probes.join(', ')}.`;
}

/** A column with the lines of its heading and the characters that it takes, the space before it included. */
interface SizedColumn<Row> {
  readonly column: Column<Row>;
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

function sizedColumn<Row>(column: Column<Row>, rows: readonly Row[]): SizedColumn<Row> {
  const head = headLines(column);
  const cells = rows.map((row) => {
    const text = column.format(row);
    return column.whenNarrow === 'mean' ? text.replace(/ [±[].*/, '') : text;
  });
  const width = 1 + Math.max(...[...head, ...cells].map((text) => text.length));
  return { column, head, cells, width };
}

function headLines<Row>({ heading, unit, task }: Column<Row>): string[] {
  if (task !== undefined) return [...nameLines(task), `${heading} ${unit}`.trim()];
  const [start, end] = heading.split('\u00AD');
  if (start !== undefined && end !== undefined) return [`${start}-`, `${end} ${unit}`.trim()];
  return unit === '' ? [heading] : [heading, unit];
}

/** All of a task's name, since names often begin alike: in narrow lines, broken behind dashes where there are some. */
function nameLines(name: string): string[] {
  const lines: string[] = [];
  for (const word of name.match(WORD) ?? []) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length <= TASK_NAME) lines[lines.length - 1] = line + word;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}

/** At most as long as a line. */
const WORD = new RegExp(`[^-_ ]{0,${TASK_NAME - 1}}[-_ ]|[^-_ ]{1,${TASK_NAME}}`, 'gu');

function widthOf<Row>(columns: readonly SizedColumn<Row>[]): number {
  return sum(columns.map(({ width }) => width));
}

/** Columns in tables that fit, in their order; groups stay together. */
function cutToWidth<Row>(columns: readonly SizedColumn<Row>[], room: number): SizedColumn<Row>[][] {
  const tables: SizedColumn<Row>[][] = [];
  for (const group of groupsOf(columns)) {
    const last = tables.at(-1);
    if (last !== undefined && widthOf(last) + widthOf(group) <= room) last.push(...group);
    else tables.push([...group]);
  }
  return tables;
}

/** Columns that stay together: those about the gain, about probabilities, about one task; any other is a group of its own. */
function groupsOf<Row>(columns: readonly SizedColumn<Row>[]): SizedColumn<Row>[][] {
  const groups = groupBy(columns, ({ column: { id, about } }) => {
    if (about !== undefined) return `task ${about}`;
    if (id.startsWith(BEYOND)) return 'beyond';
    return TOGETHER[id] ?? `column ${id}`;
  });
  return [...groups.values()];
}

const TOGETHER: Readonly<Record<string, string>> = {
  gain: 'gain',
  interval: 'gain',
  p_holm: 'gain',
  calibration_error: 'calibration',
  brier_score: 'calibration',
  cross_entropy: 'calibration',
};

function tableOf<Row>(
  columns: readonly SizedColumn<Row>[],
  rows: readonly Row[],
  labelOf: (row: Row) => string,
  names: number,
  colours: Colours,
): string {
  const height = Math.max(1, ...columns.map(({ head }) => head.length));
  /** Headings stand on the rule. */
  const lowered = (head: readonly string[]) => [...Array<string>(height - head.length).fill(''), ...head];
  const table = new Table({
    chars: RULES,
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: [names, ...columns.map(({ width }) => width)],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    wordWrap: true,
    head: [['Method'], ...columns.map(({ head }) => head)].map((head) => lowered(head).join('\n')),
  });
  for (const [at, row] of rows.entries()) {
    table.push([
      labelOf(row),
      ...columns.map(({ column, cells }) => coloured(cells[at] ?? '', column.significance?.(row), colours)),
    ]);
  }
  const [rule = '', ...lines] = table.toString().split('\n');
  // The library draws a rule below every row or below none; one below the head is enough.
  const ruled = lines.toSpliced(height, 0, rule);
  return [rule, ...ruled].map((line) => line.trimEnd()).join('\n');
}

/** Significant gains are green, losses red. */
function coloured(text: string, finding: 'gain' | 'loss' | undefined, colours: Colours): string {
  if (finding === undefined) return text;
  return finding === 'gain' ? colours.green(text) : colours.red(text);
}

/** A rule at either end, no lines between cells. */
const RULES = {
  top: '─',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '─',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
