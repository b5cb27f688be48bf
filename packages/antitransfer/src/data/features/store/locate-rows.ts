import { itemAt } from '../../../lookup.js';
import { MissingFeaturesError } from './missing-features.js';
import { eachPack } from './pack-index.js';
import type { RowLocations } from './stored-features.js';
import { StoredPack } from './stored-pack.js';

/**
 * Finds the rows of keys among the packs of a folder. What is kept takes some 30 bytes a row, and no keys.
 *
 * @throws MissingFeaturesError when some are not there
 * @throws FileError when a pack cannot be read
 */
export async function locateRows(
  folder: string,
  rowLength: number,
  keys: readonly string[],
): Promise<RowLocations> {
  const slots = new Map<string, number>();
  const slotOf = Uint32Array.from(keys, (key) => {
    const slot = slots.get(key) ?? slots.size;
    if (slot === slots.size) slots.set(key, slot);
    return slot;
  });
  const packs: StoredPack[] = [];
  const packOf = new Int32Array(slots.size).fill(-1);
  const positionOf = new Uint32Array(slots.size);
  let missing = slots.size;
  await eachPack(folder, rowLength, (path, header) => {
    let isUsed = false;
    for (const [position, key] of header.keys.entries()) {
      const slot = slots.get(key);
      if (slot === undefined || packOf[slot] !== -1) continue;
      packOf[slot] = packs.length;
      positionOf[slot] = position;
      isUsed = true;
      missing--;
    }
    if (isUsed) packs.push(new StoredPack(path, rowLength, header));
  });
  if (missing > 0) {
    throw new MissingFeaturesError(
      `The features of ${missing} of ${slots.size} clips are not in "${folder}"`,
    );
  }
  return {
    packs,
    pack: slotOf.map((slot) => itemAt(packOf, slot)),
    position: slotOf.map((slot) => itemAt(positionOf, slot)),
  };
}
