import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../../src/data/audio/wav.js';
import { checkFiles } from '../../../src/data/corpora/check.js';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';

const sound = encodeWav(
  Float32Array.from({ length: 800 }, (_, at) => 0.1 * Math.sin(at / 5)),
  8000,
);
/** A path whose name is in Latin-1, as old archives have them. */
const inLatin1 = (...parts: string[]) => Buffer.from(join(...parts), 'latin1');

let folder: string;
/** Not every file system takes such names. */
let takesAny = true;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-encodings-'));
  await mkdir(join(folder, 'corpus/yes'), { recursive: true });
  await mkdir(join(folder, 'deep/no'), { recursive: true });
  await writeFile(join(folder, 'corpus/yes/good.wav'), sound);
  try {
    await writeFile(inLatin1(folder, 'corpus/yes/caf\u00e9.wav'), sound);
    await mkdir(inLatin1(folder, 'deep/caf\u00e9'));
  } catch {
    takesAny = false;
    console.info('This file system takes no names that are not UTF-8: they are not tried.');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('a name that is not UTF-8', () => {
  it('is told with its bytes, in a folder and in a table', async ({ skip }) => {
    if (!takesAny) skip();
    const { clips } = await loadCorpus('folder', join(folder, 'corpus'));
    expect(clips).toHaveLength(2);
    await writeFile(join(folder, 'table.csv'), 'path\ncorpus/yes/caf\u00e9.wav\ncorpus/yes/gone.wav\n');
    const table = await loadCorpus('manifest', join(folder, 'table.csv'));
    const { problems } = await checkFiles([...clips, ...table.clips]);
    const messages = problems.map(({ message }) => message);
    const told = /is unreadable: its name on the disk is not UTF-8, but "caf\\xE9\.wav"\. Rename it\./;
    expect(messages.filter((message) => told.test(message))).toHaveLength(2);
    expect(messages.filter((message) => /gone\.wav" is missing/.test(message))).toHaveLength(1);
    expect(messages).toHaveLength(3);
  });

  it('of a folder is told, too', async ({ skip }) => {
    if (!takesAny) skip();
    await expect(recogniseCorpus(join(folder, 'deep'))).rejects.toThrow(
      /cannot be listed: its name on the disk is not UTF-8, but "caf\\xE9"\. Rename it\./,
    );
  });
});
