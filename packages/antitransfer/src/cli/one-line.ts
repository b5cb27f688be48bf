/** Characters of a line where the stream tells no width, and at most where sentences stand. */
export const WIDTH = 100;

/** The beginning of a line that is too long. */
export function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** How a line begins that stays and says of which piece of work it is, `[3/12]`: those below one another are in columns. */
export function numbered(done: number, total: number): string {
  return `[${done}/${total}]`.padEnd(8);
}
