import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { NamedResults } from '../answers/joined/join.js';
import { readResults } from '../answers/results-file.js';

/**
 * Finished comparisons by what they are called beside each other: the folder's name, or its path where another folder has that
 * name. The same folder given twice is one comparison. A store among them, as `runs/*` names it, is passed over.
 *
 * @throws UserError when a folder holds no results
 */
export async function namedResults(given: readonly string[]): Promise<NamedResults[]> {
  const stores = await Promise.all(given.map(isStore));
  const others = given.filter((_, i) => stores[i] === false);
  // Who names nothing else means it, and is told.
  const folders = others.length === 0 ? given : others;
  const all: NamedResults[] = [];
  for (const [i, folder] of folders.entries()) {
    const isFirst = folders.findIndex((other) => resolve(other) === resolve(folder)) === i;
    if (isFirst) all.push({ name: nameOf(folder, folders), results: await readResults(folder) });
  }
  return all;
}

/** What comparisons share, which stands beside them by default. */
async function isStore(folder: string): Promise<boolean> {
  const found = await stat(join(folder, 'jobs')).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

function nameOf(folder: string, all: readonly string[]): string {
  const name = basename(resolve(folder));
  const sharing = all.filter((other) => basename(resolve(other)) === name).map((other) => resolve(other));
  return new Set(sharing).size > 1 ? folder : name;
}
