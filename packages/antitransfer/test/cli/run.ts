import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../bin/antitransfer.js', import.meta.url));

/** What the real program left. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly milliseconds: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

/** Starts the real program in a folder, its cache inside. */
export function start(folder: string, ...args: string[]): Running {
  const { FORCE_COLOR, NO_COLOR, ...environment } = process.env;
  const started = performance.now();
  const child = spawn(process.execPath, [binary, ...args], {
    cwd: folder,
    env: { ...environment, ANTITRANSFER_CACHE: `${folder}/cache` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err, milliseconds: performance.now() - started }));
  });
  return { child, ended };
}

/** Runs the real program to its end. */
export function run(folder: string, ...args: string[]): Promise<Outcome> {
  return start(folder, ...args).ended;
}

/** Runs it and reads its one line of JSON. */
export async function runJson<T>(folder: string, ...args: string[]): Promise<T> {
  const { out, err, code } = await run(folder, ...args, '--json');
  if (code === 2 || code === 70) throw new Error(`exit code ${code}: ${err}`);
  return JSON.parse(out) as T;
}
