import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import initSqlJs from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import { checkFiles } from '../../../src/data/corpora/check.js';
import { contingencyTable, describeCorpus } from '../../../src/data/corpora/describe.js';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { type CorpusName, corpora, loadCorpus } from '../../../src/data/corpora/registry.js';
import { UserError } from '../../../src/errors.js';
import { realData } from './real-data.js';

interface Sample {
  readonly files: readonly string[];
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What is given as the path, below the sample's folder. */
  readonly at?: string;
  /** Contents of those files that are no sound. */
  readonly contents?: Readonly<Record<string, string | (() => Promise<Uint8Array>)>>;
}

/** A few files in each corpus's own naming, and the labels of the first clip. A corpus without a row does not compile. */
const samples: Readonly<Record<CorpusName, Sample>> = {
  fsdd: {
    files: ['recordings/7_theo_12.wav', 'recordings/0_jackson_3.wav', 'recordings/notes.txt', 'metadata.py'],
    id: '0_jackson_3.wav',
    labels: { digit: '0', speaker: 'jackson', take: '3' },
  },
  emodb: {
    files: ['wav/16b10Wb.wav', 'wav/08a02Tc.wav', 'wav/99a02Tc.wav'],
    id: '08a02Tc.wav',
    labels: { speaker: '08', gender: 'female', sentence: 'a02', emotion: 'sadness', version: 'c' },
  },
  'speech-commands': {
    files: [
      'yes/0a7c2a8d_nohash_1.wav',
      'go/00b01445_nohash_0.wav',
      '_background_noise_/0a_nohash_0.wav',
      'LICENSE',
    ],
    id: 'go/00b01445_nohash_0.wav',
    labels: { word: 'go', speaker: '00b01445', take: '0' },
  },
  iemocap: {
    files: [
      'Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav',
      'Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M000.wav',
      'Session1/dialog/EmoEvaluation/Ses01F_impro01.txt',
      ...[2, 3, 4, 5].flatMap((session) => [
        `Session${session}/sentences/wav/.DS_Store`,
        `Session${session}/dialog/EmoEvaluation/.DS_Store`,
      ]),
    ],
    contents: {
      'Session1/dialog/EmoEvaluation/Ses01F_impro01.txt': [
        '% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]',
        '',
        '[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.0000]',
        'C-E2:\tNeutral;\t()',
        '[10.0100 - 11.3925]\tSes01F_impro01_M000\tfru\t[2.0000, 3.0000, 3.5000]',
      ].join('\n'),
    },
    id: 'Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav',
    labels: {
      emotion: 'neu',
      speaker: 'Ses01F',
      gender: 'female',
      session: '1',
      style: 'improvised',
      dialog: 'Ses01F_impro01',
      valence: '2.5000',
      activation: '2.5000',
      dominance: '2.0000',
    },
  },
  librispeech: {
    files: [
      'SPEAKERS.TXT',
      'dev-clean/84/121123/84-121123-0001.flac',
      'dev-clean/84/121123/84-121123-0000.flac',
      'dev-clean/84/121123/84-121123.trans.txt',
    ],
    contents: { 'SPEAKERS.TXT': ';ID  |SEX| SUBSET\n84   | F | dev-clean | 8.02 | Christie Nowak\n' },
    id: 'dev-clean/84/121123/84-121123-0000.flac',
    labels: { speaker: '84', gender: 'female', subset: 'dev-clean', chapter: '121123' },
  },
  nsynth: {
    files: [
      'nsynth-test/audio/bass_electronic_018-022-100.wav',
      'nsynth-valid/audio/vocal_synthetic_003-100-075.wav',
      'nsynth-test/examples.json',
      'nsynth-valid/examples.json',
    ],
    contents: {
      'nsynth-test/examples.json': JSON.stringify({
        'bass_electronic_018-022-100': {
          instrument_str: 'bass_electronic_018',
          instrument_family_str: 'bass',
          instrument_source_str: 'electronic',
          pitch: 22,
          velocity: 100,
        },
      }),
      'nsynth-valid/examples.json': JSON.stringify({
        'vocal_synthetic_003-100-075': {
          instrument_str: 'vocal_synthetic_003',
          instrument_family_str: 'vocal',
          instrument_source_str: 'synthetic',
          pitch: 100,
          velocity: 75,
        },
      }),
    },
    id: 'nsynth-test/audio/bass_electronic_018-022-100.wav',
    labels: {
      family: 'bass',
      source: 'electronic',
      instrument: 'bass_electronic_018',
      pitch: '22',
      velocity: '100',
      list: 'testing',
    },
  },
  'good-sounds': {
    files: ['database.sqlite', 'sound_files/p/akg/0000.wav', 'sound_files/p/akg/0001.wav'],
    contents: { 'database.sqlite': twoSounds },
    id: 'sound_files/p/akg/0000.wav',
    labels: {
      goodness: 'good-sound',
      instrument: 'flute',
      klass: 'good-sound',
      pack: 'p',
      microphone: 'akg',
      sound: '1',
    },
  },
  'ms-snsd': {
    files: ['noise_train/Babble_1.wav', 'noise_test/Typing_2.wav', 'clean_train/p234_001.wav', 'README.md'],
    id: 'noise_test/Typing_2.wav',
    labels: { noise: 'Typing', list: 'testing' },
  },
  folder: {
    files: ['violin/b/2.wav', 'cello/a/deep/1.flac', 'cello/._1.wav', 'cover.png', 'top.wav'],
    id: 'cello/a/deep/1.flac',
    labels: { class: 'cello' },
  },
  manifest: {
    files: ['clips/b.wav', 'list.csv'],
    id: 'clips/b.wav',
    labels: { word: 'yes' },
    at: 'list.csv',
    contents: { 'list.csv': 'path,word\nclips/b.wav,yes\n' },
  },
  demo: {
    files: ['demo.json', '3_slt_10.wav', '3_kal_2.wav'],
    id: '3_kal_2.wav',
    labels: { digit: '3', speaker: 'kal', take: '2' },
  },
};

async function twoSounds(): Promise<Uint8Array> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run(`
    CREATE TABLE packs (id, name);
    CREATE TABLE sounds (id, instrument, note, octave, dynamics, player, klass, pack_id);
    CREATE TABLE takes (id, microphone, filename, sound_id);
    INSERT INTO packs VALUES (1, 'p');
    INSERT INTO sounds VALUES (1, 'flute', NULL, NULL, NULL, NULL, 'good-sound', 1), (2, 'cello', NULL, NULL, NULL, NULL, 'bad-attack', 1);
    INSERT INTO takes VALUES (1, 'akg', 'sound_files/p/akg/0000.wav', 1), (2, 'akg', 'sound_files/p/akg/0001.wav', 2);
  `);
  return database.export();
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'antitransfer-corpora-'));
  for (const [name, { files, contents = {} }] of Object.entries(samples)) {
    for (const file of files) {
      const path = join(root, name, file);
      await mkdir(dirname(path), { recursive: true });
      const content = contents[file] ?? encodeWav(new Float32Array(8), 8000);
      await writeFile(path, typeof content === 'function' ? await content() : content);
    }
  }
});
afterAll(() => rm(root, { recursive: true }));

describe.each(corpora.members)('corpus $name', (definition) => {
  const { name } = definition;
  const sample = samples[name];

  it('finds its clips and their labels', async () => {
    const corpus = await loadCorpus(name, join(root, name, sample.at ?? ''));
    const ids = corpus.clips.map(({ id }) => id);
    expect(corpus.name).toBe(name);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(name === 'manifest' ? 1 : 2);
    expect(corpus.clips[0]!.id).toBe(sample.id);
    expect(corpus.clips[0]!.labels).toEqual(sample.labels);
    for (const clip of corpus.clips) {
      expect(isAbsolute(clip.path)).toBe(true);
      expect((await readClip(clip, 8000)).length).toBe(8);
      if (definition.columns !== 'any') expect(Object.keys(clip.labels)).toEqual(definition.columns);
    }
  });

  it('says what it expects of a path that is not there, and of one that holds other things', async () => {
    const empty = join(root, `empty-${name}`);
    await mkdir(empty);
    for (const path of [join(root, 'nowhere'), empty]) {
      const error: unknown = await loadCorpus(name, path).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(path);
      expect((error as UserError).message).toContain(definition.expects);
      const { source } = definition;
      if (source) expect((error as UserError).message).toContain(source.remedy ?? source.url);
    }
  });

  it('is recognised by its files', async () => {
    expect(await recogniseCorpus(join(root, name, sample.at ?? ''))).toBe(name);
  });

  it('says where it is from', () => {
    if (definition.source) expect(definition.source.licence).not.toBe('');
  });
});

it('loadCorpus names the corpora that there are', async () => {
  await expect(loadCorpus('timit', '.')).rejects.toThrow(/no corpus "timit".*fsdd.*emodb/);
});

it('a corpus may be named by its folder of recordings', async () => {
  const [outer, inner] = await Promise.all([
    loadCorpus('fsdd', join(root, 'fsdd')),
    loadCorpus('fsdd', join(root, 'fsdd/recordings')),
  ]);
  expect(inner).toEqual(outer);
});

describe('folder', () => {
  it('names deeper levels', async () => {
    const corpus = await loadCorpus('folder', join(root, 'folder'), { levels: ['instrument', 'session'] });
    expect(corpus.clips[0]!.labels).toEqual({ instrument: 'cello', session: 'a' });
  });
  it('refuses levels that are not there', async () => {
    const load = loadCorpus('folder', join(root, 'folder'), { levels: ['a', 'b', 'c', 'd'] });
    await expect(load).rejects.toThrow(/"cello\/a\/deep\/1.flac".*lies in 3 folders.*ask for 4/);
  });
});

it('speech-commands takes its lists as labels', async () => {
  const folder = join(root, 'speech-commands-lists');
  for (const file of ['go/0a_nohash_0.wav', 'go/0b_nohash_0.wav', 'go/0c_nohash_0.wav']) {
    await mkdir(join(folder, 'go'), { recursive: true });
    await writeFile(join(folder, file), encodeWav(new Float32Array(8), 16000));
  }
  await writeFile(join(folder, 'validation_list.txt'), 'go/0a_nohash_0.wav\n');
  await writeFile(join(folder, 'testing_list.txt'), 'go/0b_nohash_0.wav\r\n');
  const { clips } = await loadCorpus('speech-commands', folder);
  expect(clips.map(({ labels }) => labels.list)).toEqual(['validation', 'testing', 'training']);
});

const fsddData = realData('fsdd');
describe.skipIf(fsddData.absent)('the real FSDD', () => {
  it('has ten digits of six speakers, all of them sound', async () => {
    const corpus = await loadCorpus('fsdd', fsddData.path);
    expect(corpus.clips.length).toBe(3000);
    expect(contingencyTable(corpus.clips, 'digit', 'speaker').counts).toEqual(
      Array(10).fill(Array(6).fill(50)),
    );
    const { problems, sampleRates, durations } = await checkFiles(corpus.clips);
    expect(problems).toEqual([]);
    expect([...sampleRates]).toEqual([[8000, 3000]]);
    expect(describeCorpus(corpus, durations).seconds! / 60).toBeCloseTo(21.87, 2);
  });
});

const emodbData = realData('emodb');
describe.skipIf(emodbData.absent)('the real EMO-DB', () => {
  it('has ten speakers and seven emotions', async () => {
    const corpus = await loadCorpus('emodb', emodbData.path);
    const count = (column: string) =>
      Object.fromEntries(
        describeCorpus(corpus)
          .columns.find((description) => description.column === column)!
          .counts.map(({ label, clips }) => [label, clips]),
      );
    expect(corpus.clips.length).toBe(535);
    // As published by the authors.
    expect(count('emotion')).toEqual({
      anger: 127,
      boredom: 81,
      disgust: 46,
      fear: 69,
      happiness: 71,
      neutral: 79,
      sadness: 62,
    });
    expect(Object.keys(count('speaker')).length).toBe(10);
    expect(Object.keys(count('sentence')).length).toBe(10);
    expect(count('gender')).toEqual({ female: 302, male: 233 });
    expect((await checkFiles(corpus.clips)).problems).toEqual([]);
  });
});

const commandsData = realData('speech_commands_test_v0.02');
describe.skipIf(commandsData.absent)('the real Speech Commands', () => {
  it('has ten words of 120 speakers', async () => {
    const corpus = await loadCorpus('speech-commands', commandsData.path);
    expect(corpus.clips.length).toBe(2348);
    expect(new Set(corpus.clips.map(({ labels }) => labels.word)).size).toBe(10);
    expect(new Set(corpus.clips.map(({ labels }) => labels.speaker)).size).toBe(120);
  });
});
