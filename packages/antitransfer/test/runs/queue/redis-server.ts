import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Debian's package redis-server, or valkey-server, which speaks the same. */
const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Whether this machine has a server; where it has none the tests say that they are skipped. */
export const hasServer = program !== undefined;

if (!hasServer)
  console.warn('SKIPPED, not tested here: the queue (no redis-server; Debian: apt-get install redis-server)');

/** A database of its own for a test: everything is appended to a file, so that it may be killed and started again. */
export class RedisServer {
  #child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly options: readonly string[],
  ) {}

  /** @param options of the server besides: `--requirepass secret` */
  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'redis-')), await freePort(), options);
    await server.run();
    return server;
  }

  /** The same behind TLS only: options name its certificate. */
  static async startEncrypted(...options: string[]): Promise<RedisServer> {
    const port = await freePort();
    const encrypted = ['--tls-port', String(port), '--port', '0', ...options];
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'redis-')), port, encrypted);
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again with what it kept. */
  async run(): Promise<void> {
    const port = this.options.includes('--tls-port') ? [] : ['--port', String(this.port)];
    const kept = ['--dir', this.folder, '--save', '', '--appendonly', 'yes'];
    this.#child = spawn(program ?? '', [...port, ...kept, ...this.options], { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      if (await answers(this.port)) return;
      if (tries === 200) throw new Error(`${program} does not answer on port ${this.port}.`);
      await wait(50);
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The names of all that is kept. */
  async keys(): Promise<string[]> {
    const redis = new Redis(this.url);
    try {
      return (await redis.keys('*')).sort();
    } finally {
      redis.disconnect();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Whether anybody answers: an error is an answer, too, of one who asks for a password or for TLS. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
