import { CsvError, type Info, parse } from 'csv-parse/sync';
import { messageOf, UserError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { normaliseLabel } from './label.js';

/** A row of a manifest, every cell as text; empty cells are left out. */
export interface ManifestRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** What stands between the cells of a table: the first by which its header has a column `path`. */
const delimiters = [',', ';', '\t', '|'] as const;

/** Stands for the name of a column that has none; no header has it. */
const UNNAMED = '\0';

/**
 * Parses a table of cells with a header line: commas (RFC 4180), semicolons, tabs or bars between the cells, whichever
 * gives a column `path`. Where it is not the comma, `1,5` is a number. A first column without a name that counts rows from
 * 0 is the index that a data frame writes, and no label.
 */
export function parseCsvManifest(path: string, content: string): ManifestRow[] {
  const text = withoutSpreadsheetLine(content);
  const delimiter = findDelimiter(path, text);
  try {
    const records: { record: Record<string, string>; info: Info }[] = parse(text, {
      ...optionsFor(delimiter),
      columns: (header: string[]) => checkHeader(path, header.map(normaliseLabel)),
      info: true,
    });
    const index = `${UNNAMED}1`;
    const hasIndex = records.every(({ record }, row) => record[index] === String(row));
    return records.map(({ record: { [index]: first = '', ...others }, info }) => {
      const where = `${path}, line ${info.lines}`;
      const record = hasIndex ? others : { [index]: first, ...others };
      return { line: info.lines, cells: cellsOf(where, record, delimiter !== ',') };
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (isUneven(error)) throw new UserError(unevenRow(path, text, delimiter, error), { cause: error });
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      throw new UserError(unclosedQuote(path, text, error), { cause: error });
    if (error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE')
      throw new UserError(strayQuote(path, error), { cause: error });
    throw new UserError(`${path}: ${error.message}.`, { cause: error });
  }
}

/** @param error whose `bytes` are those before the cell that never ends */
function unclosedQuote(path: string, text: string, { bytes }: CsvError): string {
  const before = Buffer.from(text).subarray(0, typeof bytes === 'number' ? bytes : 0);
  const line = before.toString().split(/\r\n|\n|\r/).length;
  return (
    `${path}, line ${line}: a quote is opened in this row, and closed nowhere. Close it, or write a quote that is a ` +
    'letter twice, in a cell within quotes ("5"" disk").'
  );
}

function strayQuote(path: string, { lines, column }: CsvError): string {
  const where = typeof column === 'string' ? ` of the column "${column}"` : '';
  return (
    `${path}, line ${lines}: a quote stands within a cell${where} that is not in quotes as a whole. Enclose all of it, and write ` +
    'the quote twice ("5"" disk"), or take it out.'
  );
}

/**
 * Spreadsheets write and hide a first line `sep=;`, which says what stands between cells. It becomes an empty one, so that
 * lines keep their numbers.
 */
function withoutSpreadsheetLine(text: string): string {
  return text.replace(/^\uFEFF?"?sep=.?"?(?=\r?\n|\r)/i, '');
}

/** Whether a row has other cells than the header has columns. */
function isUneven({ code }: CsvError): boolean {
  return code === 'CSV_RECORD_INCONSISTENT_COLUMNS' || code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH';
}

function unevenRow(path: string, text: string, delimiter: string, { lines, record }: CsvError): string {
  const columns = headerBy(delimiter, text);
  const cells = Array.isArray(record) ? record.length : 0;
  const between = delimiter === '\t' ? 'tab' : `"${delimiter}"`;
  const remedy =
    cells > columns.length
      ? `Enclose a cell that holds a ${between} in quotes ("a, b"), or name the column on line 1.`
      : 'An empty cell still has its separator.';
  return (
    `${path}, line ${lines}: this row has ${countOf(cells, 'cell')}, and the header has ` +
    `${countOf(columns.length, 'column')} (${columns.join(', ')}). ${remedy}`
  );
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function optionsFor(delimiter: string) {
  return {
    delimiter,
    // Tables that several programs wrote have several kinds of line ends.
    record_delimiter: ['\r\n', '\n', '\r'],
    bom: true,
    skip_empty_lines: true,
    trim: delimiter !== '\t',
    // Tables with tabs are mostly written without quoting: a quote that does not enclose a cell is a letter there.
    relax_quotes: delimiter === '\t',
  };
}

function findDelimiter(path: string, text: string): string {
  const headers = delimiters.map((delimiter) => ({ delimiter, header: headerBy(delimiter, text) }));
  const found = headers.find(({ header }) => header.includes('path'));
  if (found !== undefined) return found.delimiter;
  const [most] = headers.toSorted((a, b) => b.header.length - a.header.length);
  const names = most?.header ?? [];
  const got = names.map((name) => `"${name}"`).join(', ') || 'nothing';
  const meant = names.find((name) => nearest(name.toLowerCase(), ['path']) !== '');
  const remedy = meant === undefined ? ' It names the sound files.' : ` Write "path" in place of "${meant}".`;
  throw new UserError(`${path}, line 1: there is no column "path"; got ${got}.${remedy}`);
}

function headerBy(delimiter: string, text: string): string[] {
  try {
    const [header = []]: string[][] = parse(text, { ...optionsFor(delimiter), to: 1 });
    return header.map(normaliseLabel);
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

function checkHeader(path: string, header: readonly string[]): string[] {
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`${path}, line 1: the column "${twice}" is there twice.`);
  return header.map((name, index) => name || `${UNNAMED}${index + 1}`);
}

function cellsOf(
  where: string,
  record: Readonly<Record<string, string>>,
  decimalComma: boolean,
): Record<string, string> {
  const filled = Object.entries(record)
    .map(([column, cell]) => [column, cell.trim()] as const)
    .filter(([, cell]) => cell !== '');
  const unnamed = filled.find(([column]) => column.startsWith(UNNAMED));
  if (unnamed !== undefined) {
    const [column, cell] = unnamed;
    throw new UserError(
      `${where}: "${cell}" is in column ${column.slice(1)}, which has no name. Name it on line 1, or empty it.`,
    );
  }
  return Object.fromEntries(
    filled.map(([column, cell]) => {
      const isNumber = decimalComma && timeColumns.has(column) && /^\d+,\d+$/.test(cell);
      return [column, isNumber ? cell.replace(',', '.') : cell];
    }),
  );
}

/** Columns of seconds. */
const timeColumns: ReadonlySet<string> = new Set(['start', 'duration']);

/** Parses JSON Lines: one object a line, its values text, numbers or booleans. */
export function parseJsonLinesManifest(path: string, text: string): ManifestRow[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, line }) => ({ line, cells: parseObject(`${path}, line ${line}`, content) }));
}

function parseObject(where: string, content: string): Record<string, string> {
  const object = parseJson(where, content);
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw new UserError(
      `${where}: a line is a JSON object such as {"path": "a.wav", "speaker": "ann"}; got ${shortened(content)}.`,
    );
  }
  const cells = Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null && value !== '')
      .map(([column, value]) => {
        if (!['string', 'number', 'boolean'].includes(typeof value))
          throw new UserError(
            `${where}: "${column}" is text or a number; got ${shortened(JSON.stringify(value))}.`,
          );
        if (/\p{Surrogate}/u.test(`${column} ${value}`))
          throw new UserError(
            `${where}: "${column}" holds half a letter (${JSON.stringify(value)}), which no file can keep. Write it whole.`,
          );
        return [normaliseLabel(column), String(value)];
      }),
  );
  const columns = columnsWritten(content);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new UserError(`${where}: the column "${twice}" is there twice.`);
  return cells;
}

/** The names of an object's values, each as often as it is written: of two that are called the same, JSON keeps the last. */
function columnsWritten(content: string): string[] {
  const quoted = content.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g);
  return [...quoted].flatMap(([, text = '', colon]) =>
    colon === undefined ? [] : [normaliseLabel(JSON.parse(text) as string)],
  );
}

/** What was written there, at most a line of it. */
function shortened(content: string): string {
  return content.length <= 80 ? content : `${content.slice(0, 79)}…`;
}

function parseJson(where: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UserError(`${where}: this is not JSON (${messageOf(error)}).`, { cause: error });
  }
}
