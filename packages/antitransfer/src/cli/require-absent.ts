import { stat } from 'node:fs/promises';
import { codeOf, UserError } from '../errors.js';

/**
 * Makes sure that nothing is overwritten.
 *
 * @throws UserError when there is a file, or something else, at the path that `--output` gives
 */
export async function requireAbsent(output: string): Promise<void> {
  const there = await stat(output).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (there === undefined) return;
  const remedy = there.isFile()
    ? 'Name another with --output, or replace it with --force.'
    : 'It is no file; name one with --output.';
  throw new UserError(`"${output}" is there already. ${remedy}`);
}
