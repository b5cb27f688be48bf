import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileError } from '../../../src/files/file-error.js';
import { readConfigFile } from '../../../src/runs/config/load.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a configuration that is not there, and one that cannot be read, are told apart', async () => {
  await expect(readConfigFile(join(folder, 'none.yaml'))).rejects.toThrow(/There is no configuration file/);
  await expect(readConfigFile(folder)).rejects.toThrow(/The configuration ".*" is a folder, not a YAML file/);
  await writeFile(join(folder, 'my.yaml'), 'data: { path: recordings }\n');
  await expect(readConfigFile(join(folder, 'my.yaml/x'))).rejects.toThrow(FileError);
  expect(await readConfigFile(join(folder, 'my.yaml'))).toEqual({
    data: { path: join(folder, 'recordings') },
  });
});

it('a file in another encoding is refused with its line, no letter replaced', async () => {
  const latin1 = join(folder, 'latin1.yaml');
  await writeFile(latin1, Buffer.from('name: a\ntarget: gr\u00f6\u00dfe\n', 'latin1'));
  await expect(readConfigFile(latin1)).rejects.toThrow(/latin1\.yaml, line 2: this is not UTF-8/);
  const utf16 = join(folder, 'utf16.yaml');
  await writeFile(utf16, Buffer.from('\uFEFFname: a\n', 'utf16le'));
  await expect(readConfigFile(utf16)).rejects.toThrow(/utf16\.yaml, line 1: .*UTF-16/);
});

it.each([
  ['clips.TSV', 'a table of recordings'],
  ['one.wav', 'a recording'],
])('%s in place of a configuration is told as what it is', async (name, what) => {
  await writeFile(join(folder, name), 'path\ta\n');
  await expect(readConfigFile(join(folder, name))).rejects.toThrow(`is ${what}, not a configuration (YAML).`);
});
