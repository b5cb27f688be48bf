/** What a task is called, and the label column that it is about. */
export interface TaskName {
  readonly name: string;
  readonly column: string;
}

/** `speaker`; a name that is no label column in quotes, so that it reads as a name: `“another-seed”`. */
export function taskWord({ name, column }: TaskName): string {
  return name === column ? name : `“${name}”`;
}

/**
 * `the speaker`; `“another-seed”`.
 *
 * @param article `The` where a sentence begins
 */
export function theTask(task: TaskName, article = 'the'): string {
  return task.name === task.column ? `${article} ${task.name}` : taskWord(task);
}
