import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { selectClips } from '../../../src/data/corpora/select-clips.js';
import { writeIemocap } from './miniatures.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'iemocap-'));
  await writeIemocap(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const evaluation = (file: string) => join(root, 'IEMOCAP_full_release', file);

describe('IEMOCAP', () => {
  it('has ten speakers in five sessions, improvised and scripted, with what the annotators said', async () => {
    const corpus = await loadCorpus('iemocap', root);
    expect(corpus.clips).toHaveLength(5 * 2 * 6 * 2);
    const values = (column: string) => [...new Set(corpus.clips.map(({ labels }) => labels[column]))].sort();
    expect(values('speaker')).toHaveLength(10);
    expect(values('emotion')).toEqual(['ang', 'exc', 'hap', 'neu', 'sad', 'xxx']);
    expect(values('style')).toEqual(['improvised', 'scripted']);
    const id = 'Session3/sentences/wav/Ses03M_script01_1b/Ses03M_script01_1b_F001.wav';
    expect(corpus.clips.find((clip) => clip.id === id)?.labels).toEqual({
      emotion: 'exc',
      speaker: 'Ses03F', // Who speaks, not who wears the markers.
      gender: 'female',
      session: '3',
      style: 'scripted',
      dialog: 'Ses03M_script01_1b',
      valence: '2.5000',
      activation: '3.5000',
      dominance: '1.0000',
    });
    expect(corpus.inventory?.leftOut).toEqual([]);
    expect(await recogniseCorpus(root)).toBe('iemocap');
    expect((await loadCorpus('iemocap', join(root, 'IEMOCAP_full_release'))).clips).toEqual(corpus.clips);
  });

  it("gives the paper's four classes, or excitement as happiness, by rules of labels", async () => {
    const corpus = await loadCorpus('iemocap', root);
    const count = (rules: { rename?: Record<string, string>; keep: string[] }) =>
      selectClips(corpus, ['emotion'], { labels: { emotion: rules }, missingLabels: 'fail' }).clips.length;
    expect(count({ keep: ['ang', 'hap', 'neu', 'sad'] })).toBe(80);
    expect(count({ rename: { exc: 'hap' }, keep: ['ang', 'hap', 'neu', 'sad'] })).toBe(100);
  });

  it('says what is said, without asides', async () => {
    const { clips } = await loadCorpus('iemocap', root, { transcripts: true, sessions: [2] });
    expect(new Set(clips.map(({ labels }) => labels.session))).toEqual(new Set(['2']));
    expect(clips.map(({ labels }) => labels.transcript).slice(0, 2)).toEqual([
      'Excuse me 0.',
      'Excuse me 1.',
    ]);
  });

  it('names what is missing, and takes the sessions that are named', async () => {
    await rm(evaluation('Session3/dialog/EmoEvaluation/Ses03F_impro01.txt'));
    const load = loadCorpus('iemocap', root);
    await expect(load).rejects.toThrow(
      /^Session3\/dialog\/EmoEvaluation\/Ses03F_impro01\.txt is missing in ".*IEMOCAP_full_release"/,
    );
    await rm(evaluation('Session5'), { recursive: true });
    await rm(evaluation('Session4/dialog/transcriptions/Ses04F_impro01.txt'));
    await expect(loadCorpus('iemocap', root, { sessions: [5] })).rejects.toThrow(
      /^Session5\/ is missing in .*data\.sessions/,
    );
    await expect(loadCorpus('iemocap', root, { sessions: [4], transcripts: true })).rejects.toThrow(
      /Session4\/dialog\/transcriptions\/Ses04F_impro01\.txt is missing/,
    );
    expect((await loadCorpus('iemocap', root, { sessions: [1, 4] })).clips).toHaveLength(48);
  });

  it('keeps evaluated utterances without a recording, to be named when they are read, and the reverse', async () => {
    const [gone = '', unknown = ''] = ['F', 'M'].map(
      (one) => `Session2/sentences/wav/Ses02F_impro01/Ses02F_impro01_${one}000.wav`,
    );
    await rm(evaluation(gone));
    const { clips } = await loadCorpus('iemocap', root, { sessions: [2] });
    expect(clips.find(({ id }) => id === gone)?.labels.emotion).toBe('ang');
    await rm(evaluation('Session2/dialog/EmoEvaluation/Ses02F_impro01.txt'));
    await appendFile(evaluation('Session2/dialog/EmoEvaluation/Ses02F_impro01.txt'), '\n');
    const bare = await loadCorpus('iemocap', root, { sessions: [2] });
    expect(bare.clips.find(({ id }) => id === unknown)?.labels).not.toHaveProperty('emotion');
    expect(() => selectClips(bare, ['emotion'], { missingLabels: 'fail' })).toThrow(
      /11 clips have no label in the column "emotion"/,
    );
  });

  it('quotes a line that cannot be read', async () => {
    const file = 'Session1/dialog/EmoEvaluation/Ses01F_impro01.txt';
    await appendFile(evaluation(file), '\n[1.0 - 2.0] Ses01F_impro01_F000 ang\n');
    await expect(loadCorpus('iemocap', root, { sessions: [1] })).rejects.toThrow(
      /Ses01F_impro01\.txt, line \d+: "\[1\.0 - 2\.0\] Ses01F_impro01_F000 ang"/,
    );
  });
});
