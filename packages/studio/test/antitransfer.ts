import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../antitransfer/bin/antitransfer.js', import.meta.url));

export interface Running {
  readonly child: ChildProcess;
  /** All that it wrote, once it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** Starts the real program in a folder, its cache inside, in a process group of its own. */
export function start(folder: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...process.env, ANTITRANSFER_CACHE: `${folder}/cache` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const told = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    told.out += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    told.err += bytes;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...told }));
  });
  return { child, ended };
}

/** Runs it to its end. @throws Error with what it said when it does not end well */
export async function run(folder: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await start(folder, ...args).ended;
  if (code !== 0) throw new Error(`antitransfer ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}
