import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isAudioName, listFiles } from '../data/corpora/list-files.js';
import { UserError } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import { decodeUtf8 } from '../files/utf8.js';

/** Recordings that a command was given, in the order of its arguments. */
export interface FoundRecordings {
  readonly files: readonly string[];
  /** Bytes of each; 0 where there is none. */
  readonly sizes: readonly number[];
  /** What is worth telling of folders: files that are not used. */
  readonly notes: readonly string[];
}

/**
 * Finds recordings: files as they are named, in folders every file whose name ends like that of a recording, and what a
 * list names.
 *
 * @param list a text file with a path a line, taken from its own folder; `-` is standard input, taken from here
 * @throws UserError when there are none, or the list or a folder cannot be read
 */
export async function findRecordings(
  paths: readonly string[],
  list: string | undefined,
): Promise<FoundRecordings> {
  const files: string[] = [];
  const sizes: number[] = [];
  const notes: string[] = [];
  for (const path of [...paths, ...(list === undefined ? [] : await readList(list))]) {
    const status = await stat(path).catch(() => undefined);
    if (!status?.isDirectory()) {
      files.push(path);
      sizes.push(status?.isFile() ? status.size : 0);
      continue;
    }
    let unread = 0;
    const all = await listFiles(path, () => unread++);
    const recordings = all.filter(isAudioName);
    if (recordings.length === 0) {
      throw new UserError(
        `There is no recording in "${path}" or below: none of its ${all.length} files has a name like one.`,
      );
    }
    if (recordings.length < all.length) {
      const others = all.length - recordings.length;
      notes.push(
        `${path}: ${recordings.length} of ${all.length} files are used; no recordings by their names: ${others}.`,
      );
    }
    if (unread > 0) notes.push(`${path}: pipes, sockets or devices, which are not read: ${unread}.`);
    for (const name of recordings) {
      files.push(join(path, name));
      sizes.push((await stat(join(path, name)).catch(() => undefined))?.size ?? 0);
    }
  }
  if (files.length === 0) {
    throw new UserError(
      list === undefined
        ? 'There is nothing to label. Name recordings, folders of them, or a text file of paths with --list.'
        : `There is no path in the list "${list}". It holds a path a line.`,
    );
  }
  return { files, sizes, notes };
}

async function readList(list: string): Promise<string[]> {
  const found = list === '-' ? await text(process.stdin) : await readListFile(list);
  const lines = found.replace(/^\ufeff/, '').split(/\r?\n/);
  if (tableHeader.test(lines[0] ?? '')) {
    throw new UserError(
      `The list "${list}" is a table with a column "path". A list holds a path a line, without a header; ` +
        `"antitransfer evaluate MODEL --data TABLE --predictions FILE" goes through a table.`,
    );
  }
  const base = list === '-' ? undefined : dirname(list);
  return lines
    .filter((line) => line.trim() !== '')
    .map(withoutQuotes)
    .map((line) => (base === undefined || base === '.' ? line : resolve(base, line)));
}

/** The first line of a table of recordings. */
const tableHeader = /^(.*[,;\t|])?"?path"?([,;\t|].*)?$/;

/** A path as a file manager copies it, between quotes, without these. */
function withoutQuotes(line: string): string {
  return /^\s*"(.+)"\s*$/.exec(line)?.[1] ?? line;
}

async function readListFile(list: string): Promise<string> {
  const bytes = await readWhole(list);
  if (bytes === undefined) throw new UserError(`The list "${list}" cannot be read: there is no such file.`);
  return decodeUtf8(list, bytes);
}
