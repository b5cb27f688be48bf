import type { Vectors } from '../../analysis/vectors.js';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { mean } from '../../numbers/mean.js';
import type { ClipSet } from './clip-set.js';

/**
 * Which rows of a set are of one clip: the windows of a longer one hang together, others are by themselves. In the order of
 * the clips' first rows.
 */
export function rowsOfClips({ clips }: ClipSet): number[][] {
  const rows = groupBy(clips.keys(), (row) => itemAt(clips, row).windowOf ?? `row ${row}`);
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
