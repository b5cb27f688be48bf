import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of S3 on this machine, whose objects are files. */
export interface S3Server {
  readonly endpoint: string;
  /** Where its buckets are. */
  readonly folder: string;
  /** How Amazon's tools are told of it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Its program. It says its port, and ends with this process. It removes folders that a key has left empty, and is not ready for one in
 * which another request is about to write: that would end it.
 */
const program = `
  process.on('uncaughtException', (error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const S3rver = require('s3rver');
  const [directory] = process.argv.slice(1);
  const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory });
  server.run().then(({ port }) => console.log(port));
  process.stdin.on('end', () => process.exit()).resume();
`;

/** Starts one with some buckets, in a process of its own. */
export async function startS3(...buckets: readonly string[]): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 's3-server-'));
  for (const bucket of buckets) await mkdir(join(folder, bucket));
  // Where a list goes on is told in a cipher that Node has in its legacy provider only.
  const child = spawn(process.execPath, ['--openssl-legacy-provider', '--eval', program, folder], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([text]) => Number(text)),
    ended.then(([code]) => {
      throw new Error(`The server of S3 ended with ${code}.`);
    }),
  ]);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    folder,
    environment: environmentOf(endpoint),
    close: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function environmentOf(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    // The only key that the server knows, and its secret.
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Sets variables of this process's environment; whoever calls what is returned has them as they were. */
export function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** What a network does to one request: answers in the server's place, or changes what the server answers. */
export type Fault = (
  asked: IncomingMessage,
  answer: ServerResponse,
  forward: () => Promise<{ readonly status: number; readonly headers: object; readonly body: Buffer }>,
) => Promise<void>;

/** A network between a client and a server, in which anything may go wrong. */
export interface FaultyNetwork {
  readonly endpoint: string;
  /** Requests, such as `GET /models/a.bin`. */
  readonly asked: string[];
  /** Looks at each request; those that it gives no fault pass. */
  fault: ((asked: IncomingMessage) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

export async function startNetwork(to: string): Promise<FaultyNetwork> {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const forward = () => forwarded(to, incoming);
    const pass: Fault = async () => {
      const { status, headers, body } = await forward();
      answer.writeHead(status, headers as Record<string, string>).end(body);
    };
    const fault = network.fault?.(incoming) ?? pass;
    fault(incoming, answer, forward).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const network: FaultyNetwork = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return network;
}

function forwarded(to: string, incoming: IncomingMessage) {
  return new Promise<{ status: number; headers: object; body: Buffer }>((resolve, reject) => {
    const out = request(
      new URL(incoming.url ?? '/', to),
      { method: incoming.method, headers: incoming.headers },
      (back) => {
        const parts: Buffer[] = [];
        back.on('data', (part: Buffer) => parts.push(part));
        back.on('end', () =>
          resolve({ status: back.statusCode ?? 0, headers: back.headers, body: Buffer.concat(parts) }),
        );
        back.on('error', reject);
      },
    );
    out.on('error', reject);
    incoming.pipe(out);
  });
}
