import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

/** A comparison's folder, by the name that addresses have. */
export interface FoundComparison {
  /** `runs/fsdd`: the root's name and the way below it, with `/` between on every system. */
  readonly id: string;
  /** Absolute, without links. */
  readonly folder: string;
}

export interface Scan {
  readonly found: readonly FoundComparison[];
  /** Links to folders out of the root: they are not followed. */
  readonly refused: readonly string[];
}

/** Sweeps leave comparisons two folders down; what is deeper is somebody's own. */
const DEPTH = 5;

/** Neither holds comparisons, both hold very many files. */
const SKIPPED = new Set(['node_modules', 'store', 'models']);

/** All comparisons below a root, in the order of their names. Folders that may not be read count as empty. */
export async function scan(root: string, name: string): Promise<Scan> {
  const found: FoundComparison[] = [];
  const refused: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (entries.some((entry) => entry.name === 'comparison.json')) {
      const below = relative(root, folder).split(sep).join('/');
      found.push({ id: below === '' ? name : `${name}/${below}`, folder });
    }
    if (depth === DEPTH) return;
    for (const entry of entries) {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await visit(path, depth + 1);
      // What a link below the root leads to is found where it is; a link out of it is nobody's to follow.
      if (entry.isSymbolicLink() && (await isFolder(path)) && !(await isBelow(root, path)))
        refused.push(path);
    }
  };
  await visit(root, 0);
  return { found: found.sort((a, b) => (a.id < b.id ? -1 : 1)), refused };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Whether a path, with its links followed, is a root or below it; false where it leads nowhere. */
export async function isBelow(root: string, path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => undefined);
  return (
    target !== undefined && (target === root || target.startsWith(root.endsWith(sep) ? root : root + sep))
  );
}

/** What roots are called: the folder's name, with a number behind it where that was given before. */
export function rootNames(roots: readonly string[]): string[] {
  const given = new Map<string, number>();
  return roots.map((root) => {
    const name = basename(root) || 'root';
    const count = (given.get(name) ?? 0) + 1;
    given.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  });
}
