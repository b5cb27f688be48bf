/** What a task is called, and the label column that it is about. */
export interface TaskName {
  readonly name: string;
  readonly column: string;
}

/** `speaker`; a name that is no label column in quotes, so that it reads as a name: `“another-seed”`. */
export function taskWord({ name, column }: TaskName): string {
  return name === column ? name : `“${name}”`;
}

/** `the speaker`; `“another-seed”`. */
export function theTask(task: TaskName): string {
  return task.name === task.column ? `the ${task.name}` : taskWord(task);
}
