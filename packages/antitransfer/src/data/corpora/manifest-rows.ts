import { CsvError, type Info, parse } from 'csv-parse/sync';
import { messageOf, UserError } from '../../errors.js';

/** A row of a manifest, every cell as text. */
export interface ManifestRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Parses comma-separated values (RFC 4180) with a header line. */
export function parseCsvManifest(path: string, text: string): ManifestRow[] {
  try {
    const records: { record: Record<string, string>; info: Info }[] = parse(text, {
      bom: true,
      columns: (header: string[]) => checkHeader(path, header),
      info: true,
      skip_empty_lines: true,
      trim: true,
    });
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${path}: ${error.message}.`, { cause: error });
  }
}

function checkHeader(path: string, header: string[]): string[] {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`${path}, line 1: the column "${twice}" is there twice.`);
  if (!header.includes('path')) {
    throw new UserError(
      `${path}, line 1: there is no column "path"; got ${header.map((h) => `"${h}"`).join(', ')}.`,
    );
  }
  return header;
}

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
      `${where}: a line is a JSON object such as {"path": "a.wav", "speaker": "ann"}; got ${content}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([column, value]) => {
        if (['string', 'number', 'boolean'].includes(typeof value)) return [column, String(value)];
        throw new UserError(`${where}: "${column}" is text or a number; got ${JSON.stringify(value)}.`);
      }),
  );
}

function parseJson(where: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UserError(`${where}: this is not JSON (${messageOf(error)}).`, { cause: error });
  }
}
