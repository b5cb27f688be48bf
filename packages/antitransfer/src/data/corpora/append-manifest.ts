import { stringify } from 'csv-stringify/sync';
import { readWhole } from '../../files/read-whole.js';
import { decodeUtf8 } from '../../files/utf8.js';
import { writeWhole } from '../../files/write-whole.js';
import { parseCsvManifest } from './manifest-rows.js';

/** A recording that is to stand in a table. */
export interface ManifestEntry {
  /** From the table's folder, with `/` between on every system. */
  readonly path: string;
  /** By label column. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Adds a recording to a table of recordings (CSV), which it begins where there is none. Columns that the table does not have
 * stand behind its own; earlier rows are empty there.
 *
 * @returns how many recordings the table has now
 * @throws UserError when what is there is no such table; FileError when it cannot be written
 */
export async function appendManifest(table: string, { path, labels }: ManifestEntry): Promise<number> {
  const bytes = await readWhole(table);
  const earlier = bytes === undefined ? [] : parseCsvManifest(table, decodeUtf8(table, bytes));
  const rows = [...earlier.map(({ cells }) => cells), { ...labels, path }];
  const columns = [...new Set(['path', ...rows.flatMap((row) => Object.keys(row))])];
  const lines = rows.map((row: Readonly<Record<string, string>>) =>
    columns.map((column) => row[column] ?? ''),
  );
  await writeWhole(table, stringify([columns, ...lines]));
  return rows.length;
}
