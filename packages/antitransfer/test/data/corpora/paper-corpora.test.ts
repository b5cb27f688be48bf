import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listNoises } from '../../../src/data/corpora/add-noise.js';
import { recogniseCorpus } from '../../../src/data/corpora/recognise.js';
import { type CorpusOptions, loadCorpus } from '../../../src/data/corpora/registry.js';
import {
  digits,
  families,
  instruments,
  klasses,
  noiseTypes,
  writeGoodSounds,
  writeIn,
  writeMsSnsd,
  writeNsynth,
  writeSpeechCommands,
} from './miniatures.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'paper-corpora-'));
  await writeSpeechCommands(join(root, 'speech-commands'));
  await writeMsSnsd(join(root, 'ms-snsd'));
  await writeNsynth(join(root, 'nsynth'));
  await writeGoodSounds(join(root, 'good-sounds'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const load = (name: string, options?: CorpusOptions) => loadCorpus(name, join(root, name), options);
const values = (clips: Awaited<ReturnType<typeof load>>['clips'], column: string) =>
  [...new Set(clips.map(({ labels }) => labels[column] ?? 'none'))].sort();

describe('Speech Commands', () => {
  it('counts its noises and lists as no clips, and as none that are missed', async () => {
    const { clips, inventory, group } = await load('speech-commands');
    expect(values(clips, 'word')).toEqual([...digits, 'bed', 'yes'].sort());
    expect(values(clips, 'list')).toEqual(['testing', 'training', 'validation']);
    expect(inventory).toEqual({ unit: 'files', found: 24, leftOut: [] });
    expect(group).toBe('speaker');
    const noises = await listNoises(join(root, 'speech-commands/_background_noise_'));
    expect(noises.map(({ name }) => name)).toEqual(['doing_the_dishes', 'pink_noise']);
  });
});

describe('MS-SNSD', () => {
  it('has noises of eleven types, one name for each', async () => {
    await writeIn(root, 'ms-snsd/noise_train/LICENSE.txt', 'MIT');
    const { clips, inventory } = await load('ms-snsd');
    expect(values(clips, 'noise')).toEqual(noiseTypes);
    expect(inventory?.leftOut.map(({ reason, what, count }) => [reason, what, count])).toEqual([
      ['no-sound', '.txt', 1],
    ]);
    expect(values(clips, 'list')).toEqual(['testing', 'training']);
    expect(clips).toHaveLength(24);
    expect(await recogniseCorpus(join(root, 'ms-snsd'))).toBe('ms-snsd');
  });

  it('has clean speech and mixtures', async () => {
    const clean = await load('ms-snsd', { recordings: 'clean' });
    expect(clean.clips.map(({ labels }) => labels)).toEqual([
      { list: 'testing' },
      { speaker: 'p234', list: 'training' },
      { speaker: 'p234', list: 'training' },
    ]);
    const noisy = await load('ms-snsd', { recordings: 'noisy' });
    expect(noisy.clips.map(({ labels }) => labels)).toEqual([
      { snr: '20', speech: 'clnsp1', list: 'training' },
    ]);
  });
});

it('MS-SNSD without the recordings that are asked for says which folder is missing', async () => {
  await writeIn(root, 'only-noise/noise_train/Babble_1.wav', '');
  const path = join(root, 'only-noise');
  for (const [recordings, part] of [
    ['clean', 'clean_train/'],
    ['noisy', 'NoisySpeech_training/'],
  ] as const) {
    await expect(loadCorpus('ms-snsd', path, { recordings })).rejects.toThrow(`${part} is missing in`);
  }
});

describe('NSynth', () => {
  it('has eleven families and its own lists', async () => {
    const { clips } = await load('nsynth');
    expect(values(clips, 'family')).toEqual(families);
    expect(clips.filter(({ labels }) => labels.list === 'training')).toHaveLength(22);
    expect(values(clips, 'list')).toEqual(['testing', 'training', 'validation']);
  });

  it('reads one of its folders', async () => {
    const { clips } = await loadCorpus('nsynth', join(root, 'nsynth/nsynth-valid'));
    expect(values(clips, 'list')).toEqual(['validation']);
    expect(clips[0]?.id).toBe('audio/bass_acoustic_001-060-100.wav');
  });

  it('leaves out no part of it whose list is missing', async () => {
    const list = join(root, 'nsynth/nsynth-valid/examples.json');
    await rename(list, `${list}.away`);
    await expect(load('nsynth')).rejects.toThrow(/^nsynth-valid\/examples\.json is missing in/);
    await rename(`${list}.away`, list);
  });

  it('counts notes that no list has, and names what is missing or damaged', async () => {
    await writeIn(root, 'nsynth/nsynth-test/audio/other.wav', '');
    expect((await load('nsynth')).inventory?.leftOut).toMatchObject([
      { reason: 'name', examples: ['nsynth-test/audio/other.wav'] },
    ]);
    await rm(join(root, 'nsynth/nsynth-test/audio'), { recursive: true });
    await expect(load('nsynth')).rejects.toThrow(/^nsynth-test\/audio\/ is missing in/);
    await writeFile(join(root, 'nsynth/nsynth-train/examples.json'), '{"a": {"pitch": 60');
    await expect(load('nsynth')).rejects.toThrow(/nsynth-train.examples\.json" is no list of NSynth's notes/);
    await writeFile(join(root, 'nsynth/nsynth-train/examples.json'), '{"a": {"pitch": 60}}');
    await expect(load('nsynth')).rejects.toThrow(
      /examples\.json" is no list of NSynth's notes.*expected string/,
    );
  });
});

describe('Good-Sounds', () => {
  it("has the paper's five classes of single notes, by one microphone", async () => {
    const { clips, inventory } = await load('good-sounds');
    expect(values(clips, 'instrument')).toEqual(instruments);
    const count = (klass: string) =>
      clips.filter(({ labels }) => labels.klass === klass).map(({ labels }) => labels.goodness);
    expect(Object.fromEntries(klasses.map((klass) => [klass, count(klass)[0]]))).toEqual({
      'good-sound': 'good-sound',
      'bad-attack': 'bad-attack',
      'bad-dynamics': 'bad-dynamics',
      'bad-timbre': 'bad-timbre',
      'bad-richness': 'bad-timbre',
      'bad-pitch bad-timbre': 'bad-pitch',
      'bad-attack bad-timbre': undefined,
      'scale-good minor': undefined,
      'scale-bad-attack': undefined,
    });
    expect(clips).toHaveLength(12 * 6);
    expect(values(clips, 'microphone')).toEqual(['akg']);
    expect(inventory).toMatchObject({ unit: 'rows', found: 12 * 9 * 2 });
    expect(inventory?.leftOut.map(({ what, count }) => [what, count])).toEqual([
      ['klass of no single class', 24],
      ['klass of a scale', 48],
      ['a further microphone', 72],
    ]);
  });

  it('has everything, sounds of several microphones kept together', async () => {
    const { clips, group } = await load('good-sounds', { exercises: 'all', microphones: 'all' });
    expect(clips).toHaveLength(12 * 9 * 2);
    expect(values(clips, 'goodness')).toContain('none');
    expect(group).toBe('sound');
    expect(clips[0]?.labels).toEqual({
      goodness: 'good-sound',
      instrument: 'bass',
      klass: 'good-sound',
      pack: 'bass_almudena_reference',
      microphone: 'akg',
      sound: '1',
      note: 'C',
      octave: '4',
      player: 'almudena',
    });
  });

  it('says what is missing, and what is no such database', async () => {
    await writeFile(join(root, 'good-sounds/good-sounds/database.sqlite'), 'SQLite no more');
    await expect(load('good-sounds')).rejects.toThrow(
      /database\.sqlite" is not the database of Good-Sounds: file is not/,
    );
    await rm(join(root, 'good-sounds/good-sounds/sound_files'), { recursive: true });
    await expect(load('good-sounds')).rejects.toThrow(/^sound_files\/ is missing in/);
  });
});

it.each([
  ['good-sounds', 'database.sqlite'],
  ['iemocap', 'Session1/sentences'],
  ['librispeech', 'SPEAKERS.TXT'],
  ['ms-snsd', 'noise_train'],
  ['nsynth', 'examples.json'],
])('%s says which part tells of it', async (corpus, part) => {
  await mkdir(join(root, 'empty'), { recursive: true });
  await expect(loadCorpus(corpus, join(root, 'empty'))).rejects.toThrow(`there is no ${part}`);
});
