import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The address of a built file of the features, quoted for a program's text. */
export function builtFile(file: string): string {
  const path = join(import.meta.dirname, '../../../dist/data/features', file);
  if (!existsSync(path))
    throw new Error(`"${path}" does not exist. Build the packages first: npm run build.`);
  return JSON.stringify(pathToFileURL(path).href);
}

/**
 * Runs a program, which prints a JSON value last, in a process of its own.
 *
 * @param shell commands that prepare the process, such as limits
 */
export function runProcess<T>(program: string, shell?: string): Promise<T> {
  const node = [process.execPath, '--input-type=module', '--eval', program];
  const [command, ...args] = shell === undefined ? node : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...node];
  const child = spawn(command!, args);
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(Buffer.concat(output).toString()) as T)
        : reject(new Error(`exit ${code}: ${Buffer.concat(errors).toString()}`)),
    );
  });
}
