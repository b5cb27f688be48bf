import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';

const files = [
  ...Array.from({ length: 6 }, (_, take) => `yes/${take}.wav`),
  ...Array.from({ length: 9 }, (_, take) => `no/${take}.dsf`),
  'yes/cover.png',
  'yes/.hidden.dsf',
  'jingle.wav',
  'decomposed/cafe\u0301.wav',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-inventory-'));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the inventory of a corpus', () => {
  it('counts what is no clip, by the reason', async () => {
    const { clips, inventory } = await loadCorpus('folder', folder);
    expect(clips).toHaveLength(7);
    expect(inventory).toEqual({
      unit: 'files',
      found: 19,
      leftOut: [
        { reason: 'name', what: '', count: 1, examples: ['jingle.wav'] },
        { reason: 'format', what: '.dsf', count: 9, examples: ['no/0.dsf', 'no/1.dsf', 'no/2.dsf'] },
        { reason: 'hidden', what: '', count: 1, examples: ['yes/.hidden.dsf'] },
        { reason: 'no-sound', what: '.png', count: 1, examples: ['yes/cover.png'] },
      ],
      warnings: ['The folder "no" holds no recording that is read: there is no such class.'],
    });
  });

  it('says what else is there where no clip is', async () => {
    await expect(loadCorpus('folder', join(folder, 'no'))).rejects.toThrow(
      'no file there is named so (9 are .dsf, which is not read)',
    );
  });

  it('is found whatever kind a path holds', async () => {
    expect(await recogniseCorpus(folder)).toBe('folder');
    expect(await recogniseCorpus(join(folder, 'yes/0.wav')).catch((error: Error) => error.message)).toMatch(
      /No corpus was recognised/,
    );
    await writeFile(join(folder, 'clips.TSV'), 'path\tword\n');
    expect(await recogniseCorpus(join(folder, 'clips.TSV'))).toBe('manifest');
  });
});
