import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../src/files/file-error.js';
import { makeFolder } from '../../src/files/make-folder.js';
import { writeWhole } from '../../src/files/write-whole.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'make-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hasProc = existsSync('/proc/self');
if (!hasProc) console.info('There is no /proc: folders that can never be made are not tried.');

describe('makeFolder', () => {
  it('makes all that is missing, once, whoever else does', async () => {
    const path = join(folder, 'a/b/c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a/b/d'))]);
    await makeFolder(path);
    expect((await readdir(join(folder, 'a/b'))).sort()).toEqual(['c', 'd']);
  });

  it('makes many at once below ones that are missing', async () => {
    for (let time = 0; time < 20; time++) {
      const above = join(folder, String(time), 'a', 'b', 'c');
      await Promise.all(Array.from({ length: 20 }, (_, i) => makeFolder(join(above, String(i % 10)))));
      expect(await readdir(above)).toHaveLength(10);
    }
  });

  it('says so where a file lies in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  // Node's recursive way asks without end there.
  it.runIf(hasProc)(
    'comes to an end where nothing can be made',
    async () => {
      await expect(makeFolder('/proc/antitransfer/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(writeWhole('/proc/antitransfer/a/b', 'text')).rejects.toBeInstanceOf(FileError);
    },
    10_000,
  );
});
