import { theTask } from '../task-words.js';
import type { OrthogonalTask } from './results.js';

/**
 * The entry of a task among entries that have tasks' names.
 *
 * @throws RangeError when there is none: names are checked when a configuration is read.
 */
export function named<T extends { readonly name: string }>(entries: readonly T[], name: string): T {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `There is no orthogonal task "${name}"; there are ${entries.map((entry) => entry.name).join(', ')}.`,
  );
}

/** `the speaker`, `the speaker and “another-seed”`: by their names, as in the configuration, in files and in the terminal. */
export function theTasks(tasks: readonly OrthogonalTask[]): string {
  return conjunction(tasks.map((task) => theTask(task)));
}

/** `a`, `a and b`, `a, b and c`. */
export function conjunction(words: readonly string[]): string {
  const [last, before] = [words.at(-1) ?? '', words.slice(0, -1)];
  return before.length === 0 ? last : `${before.join(', ')} and ${last}`;
}

/** `speakers`: several of what a column or a task is called after. A name that is several already (`noises`) stays. */
export function several(name: string): string {
  if (/(ss|x|ch|sh)$/i.test(name)) return `${name}es`;
  return /s$/i.test(name) ? name : `${name}s`;
}
