import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProcessRunner } from '../../src/runs/runners/process-runner.js';
import type { runners } from '../../src/runs/runners/runners.js';

/** The address of a built file below `runs`, quoted for a program's text. */
export function builtFile(file: string): string {
  const path = join(import.meta.dirname, '../../dist/runs', file);
  if (!existsSync(path))
    throw new Error(`"${path}" does not exist. Build the packages first: npm run build.`);
  return JSON.stringify(pathToFileURL(path).href);
}

/** Another process under way. */
export interface Started {
  readonly child: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** Starts a program in a process of its own. */
export function startProgram(program: string): Started {
  return watch(spawn(process.execPath, ['--input-type=module', '--eval', program]));
}

/** The same as the child of a process that never asks after its children. */
export function startNeglected(program: string): Started {
  const node = [process.execPath, '--input-type=module', '--eval', program];
  return watch(spawn('sh', ['-c', '"$@" & exec sleep 300', 'sh', ...node]));
}

function watch(child: ChildProcess): Started {
  let printed = '';
  let errors = '';
  let wake = () => {};
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk;
    wake();
  });
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk));
  const ended = new Promise<{ code: number | null; errors: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, errors });
      wake();
    });
  });
  const line = async () => {
    while (!printed.includes('\n')) {
      if (child.exitCode !== null) throw new Error(`It ended without a line: ${errors}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const [first = '', ...rest] = printed.split('\n');
    printed = rest.join('\n');
    return first;
  };
  return { child, line, ended };
}

/** The registry of runners as it is built. */
export async function builtRunners(): Promise<typeof runners> {
  const built = (await import(JSON.parse(builtFile('runners/runners.js')))) as { runners: typeof runners };
  return built.runners;
}

/** The runner of processes as it is built: what it starts is a built file, too. */
export async function builtProcessRunner(): Promise<typeof ProcessRunner> {
  const built = (await import(JSON.parse(builtFile('runners/process-runner.js')))) as {
    ProcessRunner: typeof ProcessRunner;
  };
  return built.ProcessRunner;
}
