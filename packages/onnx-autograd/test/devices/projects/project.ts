import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openPage } from '../chromium.js';

/** What a project's page says of its training. */
export interface Outcome {
  readonly device?: string;
  readonly threads?: number;
  readonly losses?: readonly number[];
  readonly isolated?: boolean;
  readonly error?: string;
  /** What the browser warned of. */
  readonly warnings: readonly string[];
}

/** A program of Node with what it is told. */
export type Command = readonly [script: string, ...parameters: string[]];

/** How a project's page comes to a browser. */
export interface Served {
  /** What is built before it is served. */
  readonly build?: Command;
  readonly serve: (port: string) => Command;
}

const training = fileURLToPath(new URL('train.js', import.meta.url));

/** Writes a project's files, and beside the one that is named the training that all have. */
export async function writeProject(
  folder: string,
  files: Readonly<Record<string, string>>,
  trainingAt = 'train.js',
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(dirname(join(folder, trainingAt)), { recursive: true });
  await copyFile(training, join(folder, trainingAt));
}

/** Builds and serves a project, opens its page in Chromium and waits for what it tells. */
export async function outcomeOf(
  folder: string,
  { build, serve }: Served,
  chromium: string,
  seconds = 120,
): Promise<Outcome> {
  if (build !== undefined) {
    const built = start(folder, build);
    const code = await built.ended;
    if (code !== 0) return { error: `The build fails: ${built.output()}`, warnings: [] };
  }
  const port = await freePort();
  const server = start(folder, serve(port));
  try {
    const url = `http://127.0.0.1:${port}/`;
    await answered(url, server);
    const warnings: string[] = [];
    const prepare = async (page: Page) => {
      page.on('console', (message) => {
        if (message.type() === 'warning') warnings.push(message.text());
      });
    };
    const { page, close, complaints } = await openPage(url, chromium, { prepare });
    try {
      // A development server may load the page once more when it has found what is imported.
      await page.waitForFunction(() => 'trained' in globalThis, undefined, { timeout: 1000 * seconds });
      const told = await page.evaluate(() => (globalThis as unknown as { trained: Outcome }).trained);
      return { ...told, warnings };
    } catch (error) {
      const told = [...complaints, ...warnings, (error as Error).message.split('\n')[0]].join(' | ');
      return { error: `The page says nothing: ${told} ${server.output().slice(-2000)}`, warnings };
    } finally {
      await close();
    }
  } finally {
    await server.stop();
  }
}

function start(cwd: string, [script, ...parameters]: Command) {
  // What runs the tests sets variables of its own, which a stranger has not.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|vitest|node_env|ci$)/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' };
  const child: ChildProcess = spawn(process.execPath, [script, ...parameters], {
    cwd,
    env: env as NodeJS.ProcessEnv,
    // A group of its own, to be ended with all that it has started.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (part: Buffer) => {
      text += part;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  return { ended, stop, output: () => text.trim(), child };
}

/** Waits until a server answers. */
async function answered(url: string, { child, output }: ReturnType<typeof start>): Promise<void> {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    if (child.exitCode !== null) break;
    // An answer that is an error is one, too: the page tells of it.
    const found = await fetch(url).then(
      () => true,
      () => false,
    );
    if (found) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} does not answer. ${output()}`);
}

/** A port that nobody has. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return String(address.port);
}
