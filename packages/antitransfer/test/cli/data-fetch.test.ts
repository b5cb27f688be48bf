import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recording } from '../data/corpora/miniatures.js';
import { type FileServer, serveFiles } from '../data/download/file-server.js';
import { zipOf } from '../data/download/zip.js';
import { expectRefused } from './refused.js';
import { run, start } from './run.js';

let folder: string;
let server: FileServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-fetch-'));
  server = await serveFiles();
  const files = Object.fromEntries(
    [0, 1].map((digit) => [
      `free-spoken-digit-dataset-1.0.10/recordings/${digit}_theo_0.wav`,
      Buffer.from(recording(`${digit}`)),
    ]),
  );
  server.files.set('fsdd.zip', { bytes: zipOf(files) });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('data fetch', () => {
  it('says size and licence, fetches, unpacks, and does nothing twice', async () => {
    const args = ['data', 'fetch', 'fsdd', '--url', server.url('fsdd.zip')];
    const fetched = await run(folder, ...args);
    expect(fetched, fetched.err).toMatchObject({ code: 0 });
    expect(fetched.err).toMatch(/^fsdd: CC BY-SA 4\.0, https:\/\/github\.com/);
    expect(fetched.err).toMatch(/\d+ kB from http:\/\/127\.0\.0\.1:\d+\/fsdd\.zip, no checksum is known/);
    expect((await readdir(folder)).sort()).toEqual(['cache', 'fsdd']);
    const described = await run(folder, 'data', 'describe', 'fsdd');
    expect(described.out).toContain('fsdd: 2 clips in 2 files');
    expect((await run(folder, ...args)).err).toContain('v1.0.10: there already');

    // By another name, or at another time, it is another archive.
    const zip = zipOf({
      'free-spoken-digit-dataset-1.0.11/recordings/0_theo_0.wav': Buffer.from(recording('9')),
    });
    server.files.set('newer.zip', { bytes: zip });
    const newer = await run(folder, 'data', 'fetch', 'fsdd', 'newer', '--url', server.url('newer.zip'));
    expect(newer, newer.err).toMatchObject({ code: 0 });
    expect(newer.err).toMatch(/^fsdd v1\.0\.10 is another archive than that of \d{4}/m);
  });

  it('fetches no large corpus that nobody confirmed, where nobody can be asked', async () => {
    server.files.set('large.zip', { bytes: new Uint8Array(0), sized: false });
    const url = server.url('large.zip');
    expectRefused(
      await run(folder, 'data', 'fetch', 'ms-snsd', 'noise', '--url', url),
      '4.0 GB would be fetched. Confirm it with --yes.',
    );
    expect((await run(folder, 'data', 'fetch', 'ms-snsd', 'noise', '--url', url)).err).toContain(
      'no checksum is known, and it is a branch, which may change',
    );
    const confirmed = await run(folder, 'data', 'fetch', 'ms-snsd', 'noise', '--url', url, '--yes');
    expectRefused(confirmed, 'large.zip" is damaged');
  });

  it('stops at Ctrl-C, and goes on from there', async () => {
    const zip = server.files.get('fsdd.zip')!.bytes;
    server.files.set('slow.zip', { bytes: zip, stallsAfter: 20_000 });
    const args = ['data', 'fetch', 'fsdd', 'stopped', '--url', server.url('slow.zip')];
    const { child, ended } = start(folder, ...args);
    const part = join(folder, 'stopped.download/slow.zip.part');
    await expect
      .poll(async () => (await stat(part).catch(() => undefined))?.size, { timeout: 30_000 })
      .toBeGreaterThan(0);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, out: '' });
    server.files.set('slow.zip', { bytes: zip });
    server.asked.length = 0;
    expect(await run(folder, ...args)).toMatchObject({ code: 0 });
    expect(server.asked.at(-1)).toMatch(/^GET slow\.zip bytes=[1-9]\d*-$/);
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual(['stopped']);
  });

  it('says how a corpus is had that is given on request, and that it was not fetched', async () => {
    const { code, out } = await run(folder, 'data', 'fetch', 'iemocap');
    expect(code).toBe(1);
    expect(out).toContain('fill in the release form at https://sail.usc.edu/iemocap/iemocap_release.htm');
  });

  it('refuses other names, addresses and files', async () => {
    expectRefused(await run(folder, 'data', 'fetch', 'fssd'), 'no corpus "fssd"', 'Did you mean fsdd?');
    expectRefused(
      await run(folder, 'data', 'fetch', 'fsdd', 'x', '--url', 'a.zip'),
      '--url a.zip',
      'http://',
    );
    expectRefused(
      await run(folder, 'data', 'fetch', 'fsdd', 'x', '--url', server.url('gone.zip')),
      'the server answers 404',
    );
  });
});
