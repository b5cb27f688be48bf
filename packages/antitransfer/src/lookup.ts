/**
 * Lookups of what is there by the code's own logic. They throw plain errors: what a user can cause is refused earlier, in
 * the user's words.
 */

/**
 * The item of an array at an index.
 *
 * @throws RangeError when there is none
 */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item !== undefined) return item;
  throw new RangeError(`There is no item ${index} among ${items.length}.`);
}

/**
 * What a map holds under a key.
 *
 * @throws RangeError when it holds nothing
 */
export function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value !== undefined) return value;
  throw new RangeError(`There is nothing under ${JSON.stringify(key)}; keys are ${listed(map.keys())}.`);
}

/**
 * What a record holds under a key.
 *
 * @throws RangeError when it holds nothing
 */
export function fieldOf<V>(record: Readonly<Record<string, V>>, key: string): V {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  if (value !== undefined) return value;
  throw new RangeError(
    `There is nothing under ${JSON.stringify(key)}; keys are ${listed(Object.keys(record))}.`,
  );
}

/** The first few: a map of all clips would fill the screen. */
function listed(keys: Iterable<unknown>): string {
  const all = [...keys];
  const first = all.slice(0, 8).map((key) => JSON.stringify(key));
  return (
    [...first, ...(all.length > first.length ? [`${all.length - first.length} more`] : [])].join(', ') ||
    'none'
  );
}
