import { sum } from '../../numbers/mean.js';
import type { LeftOutTally } from '../account/account.js';
import type { Clip, Inventory } from '../clip.js';

/** The inventory of a corpus all of whose files or rows are clips, or were counted as left out. */
export function inventoryOf(unit: Inventory['unit'], clips: readonly Clip[], tally: LeftOutTally): Inventory {
  const leftOut = tally.list();
  return { unit, found: sum([clips.length, ...leftOut.map(({ count }) => count)]), leftOut };
}
