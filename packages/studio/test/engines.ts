import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';

/** A browser that is no Chromium, as far as a test needs it. */
export interface OpenBrowser {
  go(url: string): Promise<void>;
  /** Runs the body of a function in the page. @returns what it returns, as JSON */
  run<Value>(script: string): Promise<Value>;
  close(): Promise<void>;
}

/** An engine, and how it is started; undefined where this machine has none. */
export interface Engine {
  readonly name: string;
  /** What to install, or to name. */
  readonly wanted: string;
  readonly open: (() => Promise<OpenBrowser>) | undefined;
}

const there = (paths: readonly (string | undefined)[]) =>
  paths.find((path) => path !== undefined && existsSync(path));

const firefox = there([
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
]);
const webKitDriver = there(['/usr/bin/WebKitWebDriver']);
const miniBrowser = there(
  ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`),
);
const display = there(['/usr/bin/xvfb-run']);

export const engines: readonly Engine[] = [
  {
    name: 'Firefox',
    wanted: 'FIREFOX_PATH, or Debian’s package firefox-esr',
    open: firefox === undefined ? undefined : () => openFirefox(firefox),
  },
  {
    name: 'WebKit',
    wanted: 'Debian’s packages webkit2gtk-driver and xvfb',
    open:
      webKitDriver === undefined || miniBrowser === undefined || display === undefined
        ? undefined
        : () => openWebKit(display, webKitDriver, miniBrowser),
  },
];

/** Ends a process, and those that it has started. */
function end({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** By Marionette, which is in every Firefox: messages are `LENGTH:[kind, id, command or error, parameters or result]`. */
async function openFirefox(executable: string): Promise<OpenBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'antitransfer-firefox-'));
  await writeFile(join(profile, 'user.js'), 'user_pref("marionette.port", 0);');
  const running = spawn(executable, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
    detached: true,
    stdio: 'ignore',
  });
  const port = await vi.waitFor(async () => Number(await readFile(join(profile, 'MarionetteActivePort'))), {
    timeout: 60_000,
    interval: 200,
  });
  const socket = connect(port, '127.0.0.1');
  const answers = messagesOf(socket);
  await answers.next();
  let last = 0;
  const ask = async (command: string, parameters: object) => {
    const text = JSON.stringify([0, ++last, command, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
    const { value } = await answers.next();
    const [, , error, result] = value as [number, number, { message: string } | null, { value: unknown }];
    if (error !== null) throw new Error(error.message);
    return result.value;
  };
  await ask('WebDriver:NewSession', {});
  return {
    go: async (url) => void (await ask('WebDriver:Navigate', { url })),
    run: async <Value>(script: string) =>
      (await ask('WebDriver:ExecuteScript', { script, args: [], sandbox: null })) as Value,
    async close() {
      socket.destroy();
      end(running);
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function* messagesOf(socket: Socket): AsyncGenerator<unknown, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const part of socket) {
    bytes = Buffer.concat([bytes, part as Buffer]);
    for (let colon = bytes.indexOf(':'); colon > 0; colon = bytes.indexOf(':')) {
      const last = colon + 1 + Number(bytes.subarray(0, colon));
      if (bytes.length < last) break;
      yield JSON.parse(bytes.toString('utf8', colon + 1, last));
      bytes = bytes.subarray(last);
    }
  }
  return undefined;
}

/** By WebDriver, on a display of its own. */
async function openWebKit(display: string, driver: string, browser: string): Promise<OpenBrowser> {
  const port = await freePort();
  const running = spawn(display, ['-a', driver, `--port=${port}`], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const ask = async (path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(JSON.stringify(value));
    return value;
  };
  await vi.waitFor(() => ask('/status'), { timeout: 60_000, interval: 200 });
  const options = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } };
  const { sessionId } = (await ask('/session', { capabilities: { alwaysMatch: options } })) as {
    sessionId: string;
  };
  return {
    go: async (url) => void (await ask(`/session/${sessionId}/url`, { url })),
    run: async <Value>(script: string) =>
      (await ask(`/session/${sessionId}/execute/sync`, { script, args: [] })) as Value,
    async close() {
      await fetch(`http://127.0.0.1:${port}/session/${sessionId}`, { method: 'DELETE' });
      end(running);
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
