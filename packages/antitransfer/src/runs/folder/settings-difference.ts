/** Paths on a machine: the recordings count by their content. */
const pathKeys = new Set(['path', 'noise', 'model']);

/** What may change in a folder: it asks for more, or for another look at the same. */
const growth = /^(methods|seeds|firstSeed|tap|position|training\.epochs|removableThreshold)($|\.)/;

/**
 * The settings in which two experiments differ, so that they ask different things: each as
 * `training.learningRate is 0.001 there, 0.01 here`. More seeds, methods, taps or epochs are no difference.
 */
export function settingsDifference(there: unknown, here: unknown): string[] {
  const [before, after] = [leaves(there), leaves(here)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => !growth.test(key));
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key} is ${before.get(key) ?? 'not set'} there, ${after.get(key) ?? 'not set'} here`);
}

/** Each value of a tree as JSON, by its path. */
function leaves(tree: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof tree !== 'object' || tree === null) {
    if (tree !== undefined) found.set(path, JSON.stringify(tree));
    return found;
  }
  for (const [key, value] of Object.entries(tree)) {
    if (pathKeys.has(key) && (typeof value === 'string' || value === null)) continue;
    leaves(value, path === '' ? key : `${path}.${key}`, found);
  }
  return found;
}
