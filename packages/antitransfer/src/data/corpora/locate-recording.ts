import { existsSync } from 'node:fs';
import { dirname, posix, resolve, win32 } from 'node:path';

/** A recording that a table names. */
export interface Located {
  /** Absolute. */
  readonly path: string;
  /** The same on every system: `/` between the parts, letters composed, no `./`. */
  readonly name: string;
}

/**
 * The file that a cell of a table names, relative to the table. A table that Windows wrote (`a\b.wav`) is read on Linux,
 * and accented letters may be composed or not, as the disk has them. Where no spelling leads to a file, the path is the
 * most likely one: whoever reads the recording says that it is missing.
 */
export function locateRecording(table: string, cell: string): Located {
  const folder = dirname(table);
  const asGiven = { path: resolve(folder, cell), name: cell };
  const isPlain = /^[\x20-\x7e]*$/.test(cell) && !cell.includes('\\');
  const found = isPlain || existsSync(asGiven.path) ? asGiven : otherSpelling(folder, cell);
  return { path: found.path, name: posix.normalize(found.name).normalize('NFC') };
}

function otherSpelling(folder: string, cell: string): Located {
  const name = cell.replaceAll('\\', '/');
  const forms = [name, name.normalize('NFC'), name.normalize('NFD')];
  const paths = forms.map((form) => resolve(folder, form));
  const there = paths.find((path) => existsSync(path));
  // `C:\a.wav` lies below no folder of another system.
  const isElsewhere = win32.isAbsolute(cell) && !posix.isAbsolute(name);
  return { path: there ?? (isElsewhere ? cell : resolve(folder, name)), name };
}
