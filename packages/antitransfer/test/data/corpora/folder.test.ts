import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftOutParts } from '../../../src/data/account/text.js';
import { manifestFromNames } from '../../../src/data/corpora/pattern-manifest.js';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { selectClips } from '../../../src/data/corpora/select-clips.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-folder-'));
  for (const file of [
    'ann_1_yes.wav',
    'bob_2_no.WAV',
    'a_b_c_d.wav',
    'intro.wav',
    'old.wma',
    'notes.txt',
    '.x',
  ]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('a folder with a pattern', () => {
  const pattern = '{speaker}_{take}_{word}.wav';

  it('has the columns that the names of its files hold, the same as a table made by it', async () => {
    const { clips, inventory } = await loadCorpus('folder', folder, { pattern });
    expect(clips.map(({ id, labels }) => [id, labels])).toEqual([
      ['ann_1_yes.wav', { speaker: 'ann', take: '1', word: 'yes' }],
      ['bob_2_no.WAV', { speaker: 'bob', take: '2', word: 'no' }],
    ]);
    const { rows } = await manifestFromNames(folder, pattern);
    expect(rows).toEqual(clips.map(({ id, labels }) => ({ file: id, labels })));
    expect(inventory?.found).toBe(7);
    expect(leftOutParts(inventory?.leftOut ?? []).join('; ')).toBe(
      '1 is hidden (such as .x); 1 is named so that the pattern fits in two ways (such as a_b_c_d.wav); ' +
        '1 is named otherwise (such as intro.wav); 1 is no sound (.txt); 1 is .wma, which is not read',
    );
  });

  it('is refused where it fits nothing, is none, or stands beside levels', async () => {
    await expect(loadCorpus('folder', folder, { pattern: '{a}-{b}.wav' })).rejects.toThrow(
      /None of the 4 sound files below ".*" fits the pattern/,
    );
    await expect(loadCorpus('folder', folder, { pattern: '{a' })).rejects.toThrow(
      /pattern "\{a" cannot be used/,
    );
    await expect(loadCorpus('folder', folder, { pattern, levels: ['class'] })).rejects.toThrow(
      /from its levels \(class\) or from a pattern .*not from both/,
    );
  });

  it('is what a flat folder is told of', async () => {
    const told = await recogniseCorpus(folder).catch(String);
    expect(told).toContain('holds 4 recordings, such as "a_b_c_d.wav", in no folder for each class');
    expect(told).toContain('--pattern "{speaker}_{take}_{word}.wav", or data.pattern');
    await expect(loadCorpus('folder', folder)).rejects.toThrow(/or a pattern that says which labels/);
  });
});

describe('a folder for each class', () => {
  it('tells of folders in which there is nothing to learn from', async () => {
    const root = await mkdtemp(join(tmpdir(), 'antitransfer-classes-'));
    try {
      for (const name of ['angry', 'happy', 'sad', '.cache', 'tired/older'])
        await mkdir(join(root, name), { recursive: true });
      for (const file of ['angry/a.wav', 'happy/b.wav', 'sad/list.txt'])
        await writeFile(join(root, file), '');
      const corpus = await loadCorpus('folder', root, {});
      const said = 'The folders "sad", "tired" hold no recording that is read: there is no such class.';
      expect(corpus.inventory?.warnings).toEqual([said]);
      expect(selectClips(corpus, ['class'], { missingLabels: 'skip' }).account.warnings).toContain(said);
      await rm(join(root, 'sad'), { recursive: true });
      const one = await loadCorpus('folder', root, { levels: ['mood'] });
      expect(one.inventory?.warnings).toEqual([
        'The folder "tired" holds no recording that is read: there is no such mood.',
      ]);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
