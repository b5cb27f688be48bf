import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFiles } from '../../../src/data/corpora/check.js';
import { parseCondensed, parseCtm, parseTextGrid } from '../../../src/data/corpora/librispeech/alignments.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { type AlignmentForm, writeLibrispeech } from './miniatures.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'librispeech-'));
  for (const form of ['condensed', 'textgrid', 'ctm', 'none'] as const) {
    await writeLibrispeech(join(root, form), form);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('LibriSpeech', () => {
  it('has utterances with their readers, also the one with bars in his name', async () => {
    const corpus = await loadCorpus('librispeech', join(root, 'condensed'), { transcripts: true });
    expect(corpus.clips).toHaveLength(9);
    expect(new Set(corpus.clips.map(({ labels }) => `${labels.speaker} ${labels.gender}`))).toEqual(
      new Set(['60 male', '103 female', '1034 male']),
    );
    expect(corpus.clips[0]).toMatchObject({
      id: 'train-clean-100/103/1240/103-1240-0000.flac',
      labels: { subset: 'train-clean-100', chapter: '1240', transcript: 'GO DO GO' },
    });
    expect(corpus.inventory).toEqual({ unit: 'files', found: 9, leftOut: [] });
    expect((await checkFiles(corpus.clips)).problems).toEqual([]);
  });

  const forms: readonly AlignmentForm[] = ['condensed', 'textgrid', 'ctm'];
  it.each(forms)('has words by alignments: %s', async (form) => {
    const alignments = form === 'ctm' ? { alignments: join(root, 'ctm/alignments') } : {};
    const load = (words: number) => loadCorpus('librispeech', join(root, form), { words, ...alignments });
    const corpus = await load(1000);
    expect(corpus.clips).toHaveLength(3 * 2 * 3);
    const { start, duration, labels } = corpus.clips[1]!;
    expect({ start, duration, word: labels.word, speaker: labels.speaker }).toEqual({
      start: 0.75,
      duration: 0.5,
      word: 'DO',
      speaker: '103',
    });
    const ids = corpus.clips.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    const unaligned = { reason: 'unlabelled', what: 'alignment', count: 3 };
    expect(corpus.inventory).toMatchObject({ unit: 'rows', leftOut: [unaligned] });

    const rarest = await load(1);
    expect(new Set(rarest.clips.map((clip) => clip.labels.word))).toEqual(new Set(['GO']));
    expect(rarest.inventory).toMatchObject({
      found: 3 + 18,
      leftOut: [unaligned, { reason: 'label', what: 'rarer words', count: 6 }],
    });
  });

  it('says what is missing', async () => {
    const path = join(root, 'none');
    const load = (options: Parameters<typeof loadCorpus>[2]) => loadCorpus('librispeech', path, options);
    await expect(load({ words: 10 })).rejects.toThrow(
      /There are no alignments in ".*none.LibriSpeech".*train-clean-100/,
    );
    await expect(load({ subsets: ['dev-clean'] })).rejects.toThrow(
      /^dev-clean\/ is missing in .*There are: train-clean-100/,
    );
    await expect(load({ words: 10, alignments: join(path, 'nowhere') })).rejects.toThrow(
      /no folder of alignments/,
    );
    await rm(join(path, 'LibriSpeech/train-clean-100/60/121082/60-121082.trans.txt'));
    await expect(load({ transcripts: true })).rejects.toThrow(
      /^train-clean-100\/60\/121082\/60-121082\.trans\.txt is missing/,
    );
    await writeFile(join(path, 'LibriSpeech/SPEAKERS.TXT'), '60 | M | train-clean-100 | 20.18 | A\n');
    await expect(load({})).rejects.toThrow(/Speaker 103 of ".*" is missing in ".*SPEAKERS\.TXT"/);
    await appendFile(join(path, 'LibriSpeech/SPEAKERS.TXT'), '103, F\n');
    await expect(load({})).rejects.toThrow(/SPEAKERS\.TXT, line 2: "103, F"/);
  });
});

describe('alignments', () => {
  it('reads the condensed form as its authors give it', () => {
    const line =
      '84-121123-0000 ",GO,,DO,YOU,HEAR," "0.490,0.890,1.270,1.380,1.490,1.890,2.09" \n84-121123-0002 "," "0,1"\n';
    expect(parseCondensed('a.txt', line)).toEqual(
      new Map([
        [
          '84-121123-0000',
          [
            { word: 'GO', start: 0.49, duration: 0.4 },
            { word: 'DO', start: 1.27, duration: 0.11 },
            { word: 'YOU', start: 1.38, duration: 0.11 },
            { word: 'HEAR', start: 1.49, duration: 0.4 },
          ],
        ],
        ['84-121123-0002', []],
      ]),
    );
  });

  it.each([
    ['1-1-1 ",GO," "0.1,0.2"', /a\.txt, line 2: .*3 and 2/],
    ['1-1-1 GO 0.1', /a\.txt, line 2: expected an utterance/],
    ['1-1-1 ",GO," "0.3,0.2,0.4"', /"GO" is from 0\.3 to 0\.2/],
    ['1-1-1 ",GO," "0.3,x,0.4"', /"GO" is from 0\.3 to NaN/],
  ])('quotes %s', (line, message) => {
    expect(() => parseCondensed('a.txt', `\n${line}\n`)).toThrow(message);
  });

  it('reads a word a line', () => {
    expect(parseCtm('a.ctm', '1-1-1 1 0.5 0.25 it\n1-1-1 1 0.75 0.1 <eps>\n').get('1-1-1')).toEqual([
      { word: 'IT', start: 0.5, duration: 0.25 },
    ]);
    expect(() => parseCtm('a.ctm', '1-1-1 1 0.5 0.25')).toThrow(/a\.ctm, line 1/);
  });

  it('wants a tier of words', () => {
    const phones = 'class = "IntervalTier"\n name = "phones"\n';
    expect(() => parseTextGrid('a.TextGrid', phones)).toThrow(/its tiers are: "phones"/);
    expect(() => parseTextGrid('a.TextGrid', phones.replace('phones', '84 - words'))).toThrow(/no intervals/);
  });
});
