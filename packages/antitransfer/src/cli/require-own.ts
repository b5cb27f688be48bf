import { open } from 'node:fs/promises';
import { codeOf, UserError } from '../errors.js';

/**
 * Makes sure that a file which a command writes replaces none but an earlier one of its own kind: a table, a model or the results
 * themselves would be lost by a slip of the keyboard.
 *
 * @param option how it was named
 * @param beginning what files of this kind begin with
 * @throws UserError when there is another file at the path
 */
export async function requireOwn(option: string, path: string, beginning: string): Promise<void> {
  const file = await open(path).catch((error: unknown) => {
    // What cannot be read is told when it is written.
    if (codeOf(error) !== undefined) return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    if (!(await file.stat()).isFile()) return;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning.length), 0, beginning.length, 0);
    if (bytesRead === 0 || buffer.toString('latin1', 0, bytesRead) === beginning) return;
  } finally {
    await file.close();
  }
  throw new UserError(
    `${option} "${path}" is there already, and was not written by this command: it would be lost. Name another file.`,
  );
}
