import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { isUserCaused } from 'antitransfer/runs';
import { describe, expect, it } from 'vitest';
import { type StudioOptions, startStudio } from '../src/index.js';

const folders = [tmpdir()];

/** What it says of options that no compiler has seen. */
async function refusal(options?: unknown): Promise<string> {
  const error: unknown = await startStudio(options as StudioOptions).then(
    (studio) => studio.close(),
    (reason: unknown) => reason,
  );
  if (error instanceof Error && isUserCaused(error)) return error.message;
  throw new Error(`No refusal for the user: ${error}`);
}

describe('startStudio', () => {
  it.each([
    [undefined, 'got undefined'],
    ['runs', 'got "runs"'],
    [{}, '"folders" names the folders in which comparisons were left, such as ["runs"]; got undefined.'],
    [{ folders: [] }, 'got [].'],
    [{ folders: 'runs' }, 'got "runs".'],
    [{ folders: [7] }, 'got [7].'],
    [{ folders: [''] }, 'got [""].'],
    [{ folders: ['/nowhere/runs'] }, '"/nowhere/runs" is no folder.'],
    [{ folders: [process.execPath] }, `"${process.execPath}" is no folder.`],
    [{ folders, port: 'http' }, '"port" is a whole number from 1 to 65535'],
    [{ folders, port: -1 }, 'got -1.'],
    [{ folders, port: 1.5 }, 'got 1.5.'],
    [{ folders, port: 70_000 }, 'got 70000.'],
    [{ folders, keep: 7 }, '"keep" is the path of a folder, or left out; got 7.'],
    [{ folders, keep: process.execPath }, `"${process.execPath}" is a file.`],
    [{ folders, cache: '' }, '"cache" is the path of a folder, or left out; got "".'],
    [{ folders, folder: 'runs' }, 'no option "folder"'],
  ])('says of %j what is wrong, and quotes it', async (options, words) => {
    expect(await refusal(options)).toContain(words);
  });

  it('says that a port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await refusal({ folders, port })).toContain(`--port ${port} cannot be used (EADDRINUSE).`);
    server.close();
  });

  it('takes any free port for 0', async () => {
    const studio = await startStudio({ folders, port: 0 });
    expect(Number(new URL(studio.url).port)).toBeGreaterThan(0);
    await studio.close();
  });
});
