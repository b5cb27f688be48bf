import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with one file. */
export interface Served {
  bytes: Uint8Array;
  /** Whether it sends parts that are asked for. */
  ranges?: boolean;
  /** Whether it says how long the file is. */
  sized?: boolean;
  /** Changes with the content; none: the server knows no such thing. */
  tag?: string | undefined;
  status?: number;
  /** Bytes of each answer after which the connection breaks; the last one is repeated. */
  breaksAfter?: number[];
  /** Bytes after which nothing comes any more. */
  stallsAfter?: number;
  /** HEAD is refused. */
  headless?: boolean;
}

/** A server of files on this machine, and what it was asked for. */
export interface FileServer {
  readonly url: (name: string) => string;
  /** By their names, to be changed at any time. */
  readonly files: Map<string, Served>;
  /** `GET name`, with the range behind it. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function serveFiles(): Promise<FileServer> {
  const files = new Map<string, Served>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    asked.push([request.method, name, request.headers.range].filter(Boolean).join(' '));
    answer(request, response, files.get(name));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    files,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, served: Served | undefined): void {
  if (served === undefined || served.status !== undefined) {
    response.writeHead(served?.status ?? 404).end();
    return;
  }
  const {
    bytes,
    ranges = true,
    sized = true,
    tag = '"1"',
    breaksAfter = [],
    stallsAfter,
    headless = false,
  } = served;
  if (request.method === 'HEAD' && headless) {
    response.writeHead(405).end();
    return;
  }
  const known = 'tag' in served && served.tag === undefined ? {} : { etag: tag };
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  const partial = ranges && from >= 0 && request.headers['if-range'] === tag;
  if (partial && from >= bytes.length) {
    response.writeHead(416, { ...known, 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = partial ? bytes.subarray(from) : bytes;
  response.writeHead(partial ? 206 : 200, {
    ...known,
    ...(sized && { 'content-length': body.length }),
    ...(partial && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  if (stallsAfter !== undefined) {
    response.write(body.subarray(0, stallsAfter));
    return;
  }
  const most = breaksAfter.length > 1 ? breaksAfter.shift() : breaksAfter[0];
  if (most === undefined || most >= body.length) response.end(body);
  else response.write(body.subarray(0, most), () => setTimeout(() => response.destroy(), 100));
}
