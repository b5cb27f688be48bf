import type { Vectors } from '../../analysis/vectors.js';
import { itemAt } from '../../lookup.js';
import { mean } from '../../numbers/mean.js';
import type { ClipSet } from './clip-set.js';

/**
 * Which rows of a set are of one clip: the windows of a longer one hang together, others are by themselves. In the order of
 * the clips' first rows.
 */
export function rowsOfClips({ clips }: ClipSet): number[][] {
  const rows = new Map<number | string, number[]>();
  for (const [row, { windowOf }] of clips.entries()) {
    const key = windowOf ?? `row ${row}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [row]);
    else known.push(row);
  }
  return [...rows.values()];
}

/** The mean vector of each clip's windows; a clip of one row keeps its own. */
export function meanOfWindows(vectors: Vectors, rows: readonly (readonly number[])[]): Vectors {
  return rows.map((own) => {
    const [first, ...others] = own.map((row) => itemAt(vectors, row));
    if (first === undefined || others.length === 0) return first ?? [];
    return Array.from(first, (value, i) => mean([value, ...others.map((vector) => itemAt(vector, i))]));
  });
}
