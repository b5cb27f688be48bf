import type { Clip } from '../../data/clip.js';
import { naturalOrder } from '../../numbers/order.js';

/** The labels of a column, in the order of a network's outputs. */
export function classesOf(clips: readonly Clip[], column: string): string[] {
  const found = new Set(clips.flatMap((clip) => clip.labels[column] ?? []));
  return [...found].sort(naturalOrder);
}
