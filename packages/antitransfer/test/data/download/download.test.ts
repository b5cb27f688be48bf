import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { download, remoteSize } from '../../../src/data/download/download.js';
import { UserError } from '../../../src/errors.js';
import { FileError } from '../../../src/files/file-error.js';
import { type FileServer, serveFiles } from './file-server.js';

const random = new Random(1);
const bytes = Uint8Array.from({ length: 300_000 }, () => Math.floor(256 * random.uniform()));
const other = bytes.toReversed();

let server: FileServer;
let folder: string;
let path: string;
beforeAll(async () => {
  server = await serveFiles();
});
afterAll(() => server.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  path = join(folder, 'a.bin');
  server.files.clear();
  server.asked.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fetchIt = (options = {}) => download(server.url('a.bin'), path, { patience: 5, ...options });
const fails = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('It did not fail.'),
    (error: Error) => error,
  );
const isWhole = async (content: Uint8Array = bytes) => {
  expect(Buffer.from(content).equals(await readFile(path))).toBe(true);
  expect(existsSync(`${path}.part`)).toBe(false);
  expect(existsSync(`${path}.part.json`)).toBe(false);
};

describe('download', () => {
  it('writes the file, and says how far it is', async () => {
    server.files.set('a.bin', { bytes });
    const told: (number | undefined)[][] = [];
    await fetchIt({ onProgress: (done: number, total?: number) => told.push([done, total]) });
    await isWhole();
    expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
  });

  it('goes on where the connection broke, as often as it gets further', async () => {
    server.files.set('a.bin', {
      bytes,
      breaksAfter: [50_000, 50_000, 50_000, 50_000, 50_000, 50_000, 50_000],
    });
    await fetchIt();
    await isWhole();
    expect(server.asked.length).toBeGreaterThan(4);
    expect(server.asked[0]).toBe('GET a.bin');
    // What a connection brought last may be lost with it; the most of it is not.
    const continued = server.asked.filter((one) => /^GET a\.bin bytes=[1-9]\d*-$/.test(one));
    expect(continued.length).toBeGreaterThan(server.asked.length / 2);
  });

  it('gives up where it gets no further, keeps what came, and goes on when it is called again', async () => {
    server.files.set('a.bin', { bytes, breaksAfter: [120_000, 0] });
    const error = await fails(fetchIt());
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/a\.bin" cannot be fetched: .*the same command continues/);
    const { size } = await stat(`${path}.part`);
    expect(size).toBeGreaterThan(0);
    server.files.set('a.bin', { bytes });
    server.asked.length = 0;
    await fetchIt();
    await isWhole();
    expect(server.asked).toEqual([`GET a.bin bytes=${size}-`]);
  });

  it('begins anew where the server sends no parts', async () => {
    server.files.set('a.bin', { bytes, ranges: false, breaksAfter: [100_000, bytes.length] });
    await fetchIt();
    await isWhole();
    expect(server.asked).toHaveLength(2);
  });

  it('begins anew where the server has another file by now', async () => {
    server.files.set('a.bin', { bytes, breaksAfter: [100_000, 0] });
    await fails(fetchIt());
    server.files.set('a.bin', { bytes: other, tag: '"2"' });
    await fetchIt();
    await isWhole(other);
  });

  it('begins anew where nothing tells whether it is still the same file', async () => {
    server.files.set('a.bin', { bytes, tag: undefined, breaksAfter: [100_000, 0] });
    await fails(fetchIt());
    server.files.set('a.bin', { bytes: other, tag: undefined });
    await fetchIt();
    await isWhole(other);
    expect(server.asked.at(-1)).toBe('GET a.bin');
  });

  it('knows a file that was whole already', async () => {
    server.files.set('a.bin', { bytes });
    const controller = new AbortController();
    const stopped = fetchIt({
      signal: controller.signal,
      onProgress: (done: number) => done === bytes.length && controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    await fetchIt();
    expect(server.asked.at(-1)).toBe(`GET a.bin bytes=${bytes.length}-`);
    await isWhole();
  });

  it('stops when it is told to, and keeps what came', async () => {
    server.files.set('a.bin', { bytes });
    const controller = new AbortController();
    const stopped = fetchIt({
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect((await stat(`${path}.part`)).size).toBeGreaterThan(0);
  });

  it('writes a file whose length nobody says', async () => {
    server.files.set('a.bin', { bytes, sized: false });
    const totals = new Set<unknown>();
    await fetchIt({ onProgress: (_: number, total?: number) => totals.add(total) });
    await isWhole();
    expect(totals).toEqual(new Set([undefined]));
  });

  it.each([
    [404, /answers 404 Not Found\. It may have moved: .*--url/],
    [503, /answers 503 Service Unavailable\. Try again later/],
  ])('quotes what the server answers: %i', async (status, message) => {
    server.files.set('a.bin', { bytes, status });
    await expect(fetchIt()).rejects.toThrow(message);
    expect(server.asked).toHaveLength(1);
  });

  it('says when nobody is there', async () => {
    const gone = await serveFiles();
    const url = gone.url('a.bin');
    await gone.close();
    await expect(download(url, path, { patience: 1 })).rejects.toThrow(
      /a\.bin" cannot be fetched: .*ECONNREFUSED/,
    );
    await expect(remoteSize(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  it.runIf(existsSync('/dev/full'))('says when the disk is full, and does not ask again', async () => {
    server.files.set('a.bin', { bytes });
    await symlink('/dev/full', `${path}.part`);
    const error = await fails(fetchIt());
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(
      /a\.bin\.part" cannot be written: ENOSPC.*Make room; the same command continues/,
    );
    expect(server.asked).toHaveLength(1);
  });
});

describe('remoteSize', () => {
  it('is what the server says, if it says it', async () => {
    server.files.set('a.bin', { bytes });
    expect(await remoteSize(server.url('a.bin'))).toBe(bytes.length);
    server.files.set('a.bin', { bytes, sized: false });
    expect(await remoteSize(server.url('a.bin'))).toBeUndefined();
    server.files.set('a.bin', { bytes, headless: true });
    expect(await remoteSize(server.url('a.bin'))).toBeUndefined();
    await expect(remoteSize(server.url('b.bin'))).rejects.toThrow(/404/);
  });
});
