import { basename, resolve } from 'node:path';
import type { NamedResults } from '../answers/joined/join.js';
import { readResults } from '../answers/results-file.js';

/**
 * Finished comparisons by what they are called beside each other: the folder's name, or its path where another folder has that
 * name. The same folder given twice is one comparison.
 *
 * @throws UserError when a folder holds no results
 */
export async function namedResults(folders: readonly string[]): Promise<NamedResults[]> {
  const all: NamedResults[] = [];
  for (const [i, folder] of folders.entries()) {
    const isFirst = folders.findIndex((other) => resolve(other) === resolve(folder)) === i;
    if (isFirst) all.push({ name: nameOf(folder, folders), results: await readResults(folder) });
  }
  return all;
}

function nameOf(folder: string, all: readonly string[]): string {
  const name = basename(resolve(folder));
  const sharing = all.filter((other) => basename(resolve(other)) === name).map((other) => resolve(other));
  return new Set(sharing).size > 1 ? folder : name;
}
