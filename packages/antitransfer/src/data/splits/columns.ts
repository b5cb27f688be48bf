import { entryOf } from '../../lookup.js';
import { naturalOrder } from '../../numbers/order.js';
import type { Clip } from '../clip.js';
import { SplitError } from './split.js';

/**
 * A clip's label.
 *
 * @throws SplitError when the clip has none
 */
export function labelOf(clip: Clip, column: string): string {
  const label = clip.labels[column];
  if (label !== undefined) return label;
  const columns = Object.keys(clip.labels).join(', ') || 'none';
  throw new SplitError(
    `Clip "${clip.id}" has no label "${column}"; its labels are: ${columns}. Name another column, or leave out the clip.`,
  );
}

/** The distinct labels of a column, sorted, numbers by their value. */
export function distinctLabels(clips: readonly Clip[], column: string): string[] {
  return [...new Set(clips.map((clip) => labelOf(clip, column)))].sort(naturalOrder);
}

/** The clips of each label of a column, labels sorted. */
export function clipsByLabel(clips: readonly Clip[], column: string): Map<string, Clip[]> {
  const byLabel = new Map<string, Clip[]>(distinctLabels(clips, column).map((label) => [label, []]));
  for (const clip of clips) entryOf(byLabel, labelOf(clip, column)).push(clip);
  return byLabel;
}

/** The clips in the order of a column, numbers by their value. */
export function sortByLabel(clips: readonly Clip[], column: string): Clip[] {
  return [...clips].sort((a, b) => naturalOrder(labelOf(a, column), labelOf(b, column)));
}
