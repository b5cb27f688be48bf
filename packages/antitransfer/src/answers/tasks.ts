import type { ComparisonResults, OrthogonalTask } from './results.js';

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

/** What people call a task: by its name, as penalties, files and the terminal do. Without one in the configuration it is the column. */
export function taskLabel(_: ComparisonResults, { name }: OrthogonalTask): string {
  return name;
}

/** `the speaker`, `the speaker and the take`. */
export function theTasks(results: ComparisonResults, tasks: readonly OrthogonalTask[]): string {
  return conjunction(tasks.map((task) => `the ${taskLabel(results, task)}`));
}

/** `a`, `a and b`, `a, b and c`. */
export function conjunction(words: readonly string[]): string {
  const [last, before] = [words.at(-1) ?? '', words.slice(0, -1)];
  return before.length === 0 ? last : `${before.join(', ')} and ${last}`;
}
