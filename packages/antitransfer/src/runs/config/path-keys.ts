const pathKeys: ReadonlySet<string> = new Set(['path', 'noise', 'model', 'alignments']);

/** Keys below which columns and labels stand, whatever they are called. */
const labelKeys: ReadonlySet<string> = new Set(['where', 'labels']);

/**
 * Whether the value of a key is a path on a machine.
 *
 * @param keys of a configuration, from the top down: `data`, `path`
 */
export function isPathKey(keys: readonly string[]): boolean {
  return pathKeys.has(keys.at(-1) ?? '') && !keys.some((key) => labelKeys.has(key));
}
