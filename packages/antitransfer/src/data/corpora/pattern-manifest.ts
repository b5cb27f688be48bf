import { stringify } from 'csv-stringify/sync';
import { UserError } from '../../errors.js';
import { type LeftOut, LeftOutTally } from '../account/account.js';
import { leftOutParts } from '../account/text.js';
import { compilePattern } from './file-pattern.js';
import { addLeftOut, listCounted } from './left-out.js';
import { isAudioName, kindOfPath } from './list-files.js';

/** The table that file names make. */
export interface PatternManifest {
  readonly columns: readonly string[];
  /** A file that fits the pattern, relative to the folder, and its labels. */
  readonly rows: readonly { readonly file: string; readonly labels: Readonly<Record<string, string>> }[];
  /** Sound files that are named otherwise, or fit the pattern in two ways. */
  readonly others: readonly string[];
  /** All files that are no rows. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Reads label columns from the names of the sound files below a folder.
 *
 * @param pattern see {@link compilePattern}
 * @throws UserError when the folder or the pattern is none, or no file fits it
 */
export async function manifestFromNames(folder: string, pattern: string): Promise<PatternManifest> {
  const { columns, match } = compilePattern(pattern);
  const kind = await kindOfPath(folder);
  if (kind !== 'folder')
    throw new UserError(
      `There is no folder "${folder}"${kind === 'file' ? ': it is a file' : ''}. Check the path.`,
    );
  const rows: PatternManifest['rows'][number][] = [];
  const others: string[] = [];
  const leftOut = new LeftOutTally();
  for (const file of await listCounted(folder, leftOut)) {
    if (!isAudioName(file)) {
      addLeftOut(leftOut, file, folder);
      continue;
    }
    const labels = match(file);
    if (labels !== undefined && labels !== 'ambiguous') {
      rows.push({ file, labels });
      continue;
    }
    others.push(file);
    leftOut.add('name', labels === undefined ? '' : 'fits in two ways', file);
  }
  const [example] = others;
  if (rows.length > 0) return { columns, rows, others, leftOut: leftOut.list() };
  if (example === undefined) {
    const named = leftOutParts(leftOut.list().filter(({ reason }) => reason === 'ending'));
    const why = named.length === 0 ? '' : ` ${named.join('; ')}.`;
    throw new UserError(`There are no sound files that are read below "${folder}".${why}`);
  }
  const twice = leftOut.list().find(({ reason, what }) => reason === 'name' && what !== '');
  throw new UserError(
    `None of the ${others.length} sound files below "${folder}" fits the pattern "${pattern}"; they look like "${example}". ` +
      (twice
        ? `${twice.count} ${twice.count === 1 ? 'fits' : 'fit'} it in two ways: limit a part to what it may be ({emotion:ANG|HAP}) or to its length ({take:2}).`
        : 'The pattern is about the whole path below the folder; {} stands for a part that is no label.'),
  );
}

/**
 * The table as CSV with a header.
 *
 * @param pathOf what the column `path` says of a file
 */
export function manifestCsv({ columns, rows }: PatternManifest, pathOf: (file: string) => string): string {
  const lines = rows.map(({ file, labels }) => [
    pathOf(file),
    ...columns.map((column) => labels[column] ?? ''),
  ]);
  return stringify([['path', ...columns], ...lines]);
}
