import { sep } from 'node:path';
import { shellWords } from '../../files/shell-words.js';
import { type Archive, archivesFor, findFree, isOnRequest } from './catalogue.js';
import { bytesText } from './space.js';

/**
 * The sentence that says how a corpus is fetched to a path where there is nothing; undefined of one that cannot be.
 *
 * @param path left out: a folder of its name
 */
export function howToFetch(corpus: string, path?: string): string | undefined {
  if (isOnRequest(corpus)) return `"antitransfer data fetch ${corpus}" says how to ask for it.`;
  const free = findFree(corpus);
  if (free === undefined) return undefined;
  const named = free.archives.filter(
    ({ part }) => path !== undefined && namesOf(corpus, path, free.archives).includes(part),
  );
  // Versions have a folder each: where one is not named, it is the usual one's.
  const archives = named.length > 0 ? named : archivesFor(free);
  const words = [
    'antitransfer',
    'data',
    'fetch',
    corpus,
    ...(path === undefined ? [] : [rootOf(corpus, path, archives)]),
  ];
  const parts = named.length > 0 ? ['--part', named.map(({ part }) => part).join(',')] : [];
  const size = sizeOf(archives);
  const facts = [...(size === undefined ? [] : [bytesText(size)]), free.licence].join(', ');
  return `"${shellWords([...words, ...parts])}" fetches it (${facts}).`;
}

/** All bytes of some archives, as far as the catalogue tells them. */
function sizeOf(archives: readonly Pick<Archive, 'bytes' | 'about'>[]): number | undefined {
  return archives.reduce<number | undefined>((sum, { bytes, about }) => {
    const size = bytes ?? about;
    return sum === undefined || size === undefined ? undefined : sum + size;
  }, 0);
}

/**
 * The last folder of a path, and those that come with the corpus, with what stands behind a hyphen or an underscore in their names: parts and
 * versions. Folders above are the user's, whatever they are called.
 */
function namesOf(corpus: string, path: string, archives: readonly Archive[]): string[] {
  const folders = path.split(sep);
  const above = rootOf(corpus, path, archives).split(sep).length;
  const own = folders.slice(Math.min(above, folders.length - 1));
  return own.flatMap((name) => [
    name,
    ...[...name.matchAll(/[-_]/g)].map(({ index }) => name.slice(index + 1)),
  ]);
}

/** Where an archive is to be unpacked so that the path is there: the path may be a folder that comes with it. */
function rootOf(corpus: string, path: string, archives: readonly Archive[]): string {
  const folders = path.split(sep);
  for (const { gives } of archives) {
    const given = gives.split('/');
    for (let depth = given.length; depth > 0; depth--) {
      if (given.slice(0, depth).join() !== folders.slice(-depth).join()) continue;
      // A folder that is called as the corpus is its own: what comes in it may lie in one more of that name.
      if (depth === 1 && given[0] === corpus) continue;
      return folders.slice(0, -depth).join(sep) || (path.startsWith(sep) ? sep : '.');
    }
  }
  return path;
}
