import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Bytes of a look at files of one size, and of a piece of those that are read whole. */
const GLANCE_BYTES = 4096;
const PIECE_BYTES = 2 ** 20;

/**
 * Files with the same bytes. Whole files are read only where another one has the same size and the same bytes in its
 * middle. Empty files and what cannot be read are like nothing.
 *
 * @param paths different ones
 * @returns the first of the files with the same bytes, by each of the others
 */
export function sameContent(paths: readonly string[]): Map<string, string> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const bySize = alike([paths], sizeOf);
  const byGlance = alike(bySize, (path) => digestOf(path, piece, 'middle'));
  const byContent = alike(byGlance, (path) => digestOf(path, piece, 'whole'));
  return new Map(
    byContent.flatMap(([first = '', ...others]) => others.map((other): [string, string] => [other, first])),
  );
}

/** Divides groups by a property of their members; those that are like no other go. */
function alike(
  groups: readonly (readonly string[])[],
  property: (path: string) => string | undefined,
): string[][] {
  return groups.flatMap((group) => {
    const parts = new Map<string, string[]>();
    for (const path of group) {
      const value = property(path);
      if (value === undefined) continue;
      const part = parts.get(value);
      if (part === undefined) parts.set(value, [path]);
      else part.push(path);
    }
    return [...parts.values()].filter(({ length }) => length > 1);
  });
}

function sizeOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  // A pipe would be waited for, and a device read, without end.
  return status?.isFile() && status.size > 0 ? String(status.size) : undefined;
}

function digestOf(path: string, piece: Buffer, part: 'middle' | 'whole'): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const hash = createHash('sha256');
    if (part === 'middle') {
      const start = Math.max(0, Math.floor((fstatSync(file).size - GLANCE_BYTES) / 2));
      return hash.update(piece.subarray(0, readSync(file, piece, 0, GLANCE_BYTES, start))).digest('base64');
    }
    for (;;) {
      const bytes = readSync(file, piece, 0, piece.length, null);
      if (bytes === 0) return hash.digest('base64');
      hash.update(piece.subarray(0, bytes));
    }
  } catch {
    // Whoever decodes it says why.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
