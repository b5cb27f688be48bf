import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../src/errors.js';
import { isIntact, readIntact, recordOf } from '../../src/files/digest.js';
import { DamagedFileError, FileError } from '../../src/files/file-error.js';
import { absentIfDamaged, readJson, writeJson } from '../../src/files/json-file.js';
import { readWhole } from '../../src/files/read-whole.js';
import { draftOf, removeOldDrafts, writeWhole } from '../../src/files/write-whole.js';

let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeWhole', () => {
  it('writes text, bytes and parts, makes the folder, and leaves no draft', async () => {
    await writeWhole(at('a/text'), 'déjà');
    await writeWhole(at('a/bytes'), Uint8Array.of(1, 2));
    await writeWhole(at('a/parts'), [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(await readFile(at('a/text'), 'utf8')).toBe('déjà');
    expect([...(await readFile(at('a/bytes')))]).toEqual([1, 2]);
    expect([...(await readFile(at('a/parts')))]).toEqual([1, 2, 3]);
    expect((await readdir(at('a'))).sort()).toEqual(['bytes', 'parts', 'text']);
  });

  it('leaves what was there, and no draft, when it cannot write', async () => {
    await mkdir(at('taken/inside'), { recursive: true });
    await expect(writeWhole(at('taken'), 'text')).rejects.toThrow(FileError);
    expect(await readdir(folder)).toEqual(['taken']);
  });

  // Linux has a disk that is always full.
  it.runIf(existsSync('/dev/full'))('names the file and what to do when the disk is full', async () => {
    await symlink('/dev/full', at('draft'));
    const write = () => writeFile(at('draft'), 'text');
    await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    const cause = (await write().catch((error: unknown) => error)) as NodeJS.ErrnoException;
    const error = new FileError('runs/demo/info.json', 'written', cause);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/"runs\/demo\/info.json" cannot be written: ENOSPC.*Make room/);
  });

  it('old drafts are removed, those under way stay, whoever writes them', async () => {
    const [young, old] = [draftOf(at('young')), draftOf(at('old'))];
    for (const path of [young, old, at('own.draft')]) await writeFile(path, '');
    await utimes(old, 0, 0);
    await removeOldDrafts(folder);
    expect(await readdir(folder)).toEqual(['own.draft', basename(young)]);
  });
});

describe('readWhole', () => {
  it('tells absent from unreadable', async () => {
    expect(await readWhole(at('nothing'))).toBeUndefined();
    await expect(readWhole(folder)).rejects.toThrow(/cannot be read: it is a folder, and a file is wanted/);
    await writeFile(at('file'), '');
    await expect(readWhole(at('file/inside'))).rejects.toThrow(FileError);
  });
});

describe('a stored object', () => {
  const schema = z.object({ accuracy: z.number(), names: z.array(z.string()) });
  const content = { accuracy: 0.123456789, names: ['a', '"sha256"'] };

  it('comes back, and is JSON for others', async () => {
    await writeJson(at('info.json'), content);
    expect(await readJson(at('info.json'), schema)).toEqual(content);
    expect(JSON.parse(await readFile(at('info.json'), 'utf8'))).toMatchObject(content);
  });

  it('is absent where there is no file', async () => {
    expect(await readJson(at('info.json'), schema)).toBeUndefined();
  });

  it('is damaged when any byte is another, or any are missing: the file and the remedy are named', async () => {
    await writeJson(at('info.json'), content);
    const bytes = await readFile(at('info.json'));
    for (const place of bytes.keys()) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(place) ^ 1, place);
      await writeFile(at('info.json'), flipped);
      await expect(readJson(at('info.json'), schema), `byte ${place}`).rejects.toThrow(DamagedFileError);
      await truncate(at('info.json'), place);
      await expect(readJson(at('info.json'), schema), `${place} bytes`).rejects.toThrow(DamagedFileError);
    }
    await expect(readJson(at('info.json'), schema)).rejects.toThrow(/info\.json.*Remove it/s);
    expect(await readJson(at('info.json'), schema).catch(absentIfDamaged)).toBeUndefined();
  });

  it('is damaged when it is not what the schema says', async () => {
    await writeJson(at('info.json'), { accuracy: Number.NaN, names: [] });
    await expect(readJson(at('info.json'), schema)).rejects.toThrow(/accuracy/);
  });

  it('that cannot be read is not absent', async () => {
    await mkdir(at('info.json'));
    await expect(readJson(at('info.json'), schema).catch(absentIfDamaged)).rejects.toThrow(FileError);
  });
});

it('a record tells whether a file holds what was written', async () => {
  const bytes = new Uint8Array(3 * 2 ** 20).fill(7);
  const record = recordOf(bytes);
  const check = async () => [await isIntact(at('f'), record), (await readIntact(at('f'), record))?.length];
  expect(await check()).toEqual([false, undefined]);
  await writeFile(at('f'), bytes);
  expect(await check()).toEqual([true, bytes.length]);
  await writeFile(at('f'), bytes.subarray(1));
  expect(await check()).toEqual([false, undefined]);
  bytes[2 ** 21] = 8;
  await writeFile(at('f'), bytes);
  expect(await check()).toEqual([false, undefined]);
});
