import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipReader } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Clip } from '../../../src/data/clip.js';
import { addNoise, listNoises } from '../../../src/data/corpora/add-noise.js';
import { checkFiles } from '../../../src/data/corpora/check.js';
import { contingencyTable, describeCorpus } from '../../../src/data/corpora/describe.js';
import type { CheckOptions } from '../../../src/data/corpora/inspector.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { featureSettings } from '../../../src/data/features/settings.js';
import { windowSettings } from '../../../src/data/segments/settings.js';
import { realData } from './real-data.js';

const users = join(import.meta.dirname, '../../fixtures/audio/users');

const clip = (id: string, labels: Record<string, string>, path = id): Clip => ({ id, path, labels });

const tone = (samples: number) => Float32Array.from({ length: samples }, (_, at) => 0.1 * Math.sin(at / 5));

describe('checkFiles', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-check-'));
    const good = encodeWav(tone(8000), 16000);
    await writeFile(at('good.wav'), good);
    await writeFile(at('slow.wav'), encodeWav(tone(8000), 8000));
    await writeFile(at('steady.wav'), encodeWav(new Float32Array(8000).fill(0.25), 16000));
    await writeFile(at('silent.wav'), encodeWav(new Float32Array(8000).fill(3 / 32768), 16000));
    await writeFile(at('empty.wav'), encodeWav(new Float32Array(0), 16000));
    await writeFile(at('truncated.wav'), good.subarray(0, 5000));
    await writeFile(at('unreadable.wav'), 'not a recording');
    await writeFile(at('fast.wav'), encodeWav(tone(8000), 192001));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lists the bad files by name and reason, each once', async () => {
    const names = ['good', 'slow', 'silent', 'empty', 'truncated', 'unreadable', 'missing', 'good'];
    const clips = names.map((name, index) => clip(`${name}${index}`, {}, at(`${name}.wav`)));
    const progress: number[] = [];
    const check = await checkFiles(clips, ({ done, total }) => progress.push(done / total));
    expect(check.files).toBe(7);
    expect(check.problems.map(({ path, reason }) => [path, reason])).toEqual(
      ['empty', 'missing', 'silent', 'truncated', 'unreadable'].map((reason) => [
        at(`${reason}.wav`),
        reason,
      ]),
    );
    for (const { path, message } of check.problems) expect(message).toContain(path);
    expect([...check.sampleRates]).toEqual([
      [16000, 2],
      [8000, 1],
    ]);
    expect(check.durations.get(at('slow.wav'))).toBe(1);
    expect(progress).toHaveLength(7);
    expect(progress.at(-1)).toBe(1);
  });

  it('takes a steady value for silence, and says which', async () => {
    const { problems } = await checkFiles([clip('steady', {}, at('steady.wav'))]);
    expect(problems).toMatchObject([
      { reason: 'silent', message: expect.stringContaining('differs from a steady 0.250 by 0.0001') },
    ]);
  });

  it('lists segments outside of their files, and names the clips', async () => {
    const good = (id: string, segment: object) => ({ ...clip(id, {}, at('good.wav')), ...segment });
    const { problems } = await checkFiles([
      good('inside', { start: 0.1, duration: 0.4 }),
      good('after', { start: 0.6 }),
      good('long', { start: 0.25, duration: 0.5 }),
      good('noise', { noise: { path: at('slow.wav'), start: 1.5, snr: 0 } }),
      clip('gone1', {}, at('missing.wav')),
      clip('gone2', {}, at('missing.wav')),
    ]);
    expect(problems.map(({ reason, clips }) => [reason, ...clips])).toEqual([
      ['missing', 'gone1', 'gone2'],
      ['empty', 'after'],
      ['truncated', 'long'],
      ['empty', 'noise'],
    ]);
  });

  it('lists clips with nothing to hear in what a training hears of them', async () => {
    const sound = new Float32Array(16000);
    sound.set(tone(8000), 8000);
    await writeFile(at('late.wav'), encodeWav(sound, 16000));
    await writeFile(at('click.wav'), encodeWav(tone(80), 16000));
    const late = (id: string, segment: object) => ({ ...clip(id, {}, at('late.wav')), ...segment });
    const clips = [
      late('all', {}),
      late('first half', { duration: 0.5 }),
      late('second half', { start: 0.5 }),
      clip('click', {}, at('click.wav')),
    ];
    const features = featureSettings.parse({ seconds: 0.25 });
    const found = async (options: CheckOptions) =>
      (await checkFiles(clips, undefined, undefined, options)).problems.map(({ clips: [id], reason }) => [
        id,
        reason,
      ]);
    const whole = [
      ['click', 'too short'],
      ['first half', 'silent'],
    ];
    expect(await found({})).toEqual(whole);
    expect(await found({ features })).toEqual(whole);
    expect(await found({ features, segments: windowSettings.parse({}) })).toEqual(whole);
    expect(await found({ features, segments: null })).toEqual([
      ['click', 'too short'],
      ['all', 'silent'],
      ['first half', 'silent'],
    ]);
    expect(await found({ features, segments: windowSettings.parse({ minimum: 0, minimumPeak: 0 }) })).toEqual(
      [['first half', 'silent']],
    );
  });

  it('lists a recording whose rate cannot be converted, before anything asks for it', async () => {
    const { problems } = await checkFiles([
      clip('good', {}, at('good.wav')),
      clip('fast', {}, at('fast.wav')),
    ]);
    expect(problems).toMatchObject([{ path: at('fast.wav'), clips: ['fast'], reason: 'unreadable' }]);
    expect(problems[0]?.message).toContain('192001 Hz');
  });

  it('does what a training does: a recording is as good as the channel that is taken', async () => {
    await copyFile(join(users, 'stereo_antiphase.wav'), at('opposite.wav'));
    const clips = [clip('opposite', {}, at('opposite.wav')), clip('mono', {}, at('good.wav'))];
    const reasons = async (channel?: number) => {
      const features = featureSettings.parse({ channel });
      const { problems } = await checkFiles(clips, undefined, undefined, { features });
      expect((await checkFiles(clips, undefined, undefined, { channel })).problems).toEqual(problems);
      return problems.map(({ clips: [id], reason }) => [id, reason]);
    };
    expect(await reasons()).toEqual([['opposite', 'cancelled out']]);
    expect(await reasons(2)).toEqual([['mono', 'without that channel']]);
    expect(await reasons(1)).toEqual([]);
  });

  it('lists what is wrong only with headers as notes', async () => {
    const names = ['size-7ffff000.wav', 'zeros_before.mp3', 'flac-plain.flac'];
    const { problems, notes } = await checkFiles(names.map((name) => clip(name, {}, join(users, name))));
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      { path: join(users, 'size-7ffff000.wav'), note: expect.stringMatching(/does not say how long/) },
      { path: join(users, 'zeros_before.mp3'), note: '417 zero bytes stand before it' },
    ]);
  });

  it('looks at the noises too, and stops when told', async () => {
    const noisy = { ...clip('a', {}, at('good.wav')), noise: { path: at('gone.wav'), start: 0, snr: 3 } };
    expect((await checkFiles([noisy])).problems.map(({ reason }) => reason)).toEqual(['missing']);
    await expect(checkFiles([noisy], undefined, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

describe('describeCorpus', () => {
  const corpus = {
    name: 'small',
    clips: [
      clip('a', { digit: '10', speaker: 'x' }),
      clip('b', { digit: '2', speaker: 'x' }),
      { ...clip('c', { digit: '2', speaker: 'y' }), start: 1 },
      { ...clip('d', { digit: '2', speaker: 'y' }), start: 1, duration: 0.5 },
    ],
  };
  it('counts labels and pairs of labels', () => {
    const description = describeCorpus(corpus);
    expect(description.clips).toBe(4);
    expect(description.seconds).toBeUndefined();
    expect(description.columns).toEqual([
      {
        column: 'digit',
        counts: [
          { label: '2', clips: 3 },
          { label: '10', clips: 1 },
        ],
      },
      {
        column: 'speaker',
        counts: [
          { label: 'x', clips: 2 },
          { label: 'y', clips: 2 },
        ],
      },
    ]);
    expect(description.pairs).toEqual([contingencyTable(corpus.clips, 'digit', 'speaker')]);
    expect(description.pairs[0]).toMatchObject({
      rowLabels: ['2', '10'],
      columnLabels: ['x', 'y'],
      counts: [
        [1, 2],
        [1, 0],
      ],
    });
  });
  it('adds up the seconds of files and segments', () => {
    const durations = new Map(['a', 'b', 'c', 'd'].map((path) => [path, 3]));
    expect(describeCorpus(corpus, durations).seconds).toBe(3 + 3 + 2 + 0.5);
  });
  it('adds up what there is, whatever a table says', () => {
    const durations = new Map([['d', 1.25]]);
    expect(describeCorpus({ ...corpus, clips: corpus.clips.slice(3) }, durations).seconds).toBe(0.25);
  });
  it('does not pair columns of many labels', () => {
    expect(describeCorpus(corpus, undefined, 1).pairs).toEqual([]);
  });
});

describe('addNoise', () => {
  const noises = [{ name: 'tap', path: '/noises/tap.wav', duration: 60 }];
  const corpus = { name: 'small', clips: [clip('a', { word: 'yes' }), clip('b', { word: 'no' })] };

  it('sets noise and labels', () => {
    const noisy = addNoise(corpus, noises, ({ id }) =>
      id === 'a' ? { noise: 'tap', start: 2, snr: 7.5 } : undefined,
    );
    expect(noisy.clips).toEqual([
      {
        ...clip('a', { word: 'yes', noise: 'tap', snr: '7.5' }),
        noise: { path: '/noises/tap.wav', start: 2, snr: 7.5 },
      },
      clip('b', { word: 'no', noise: 'none', snr: 'none' }),
    ]);
  });
  it('refuses a noise or a start that is not there', () => {
    expect(() => addNoise(corpus, noises, () => ({ noise: 'rain', start: 0, snr: 0 }))).toThrow(
      /"rain".*tap/,
    );
    expect(() => addNoise(corpus, noises, () => ({ noise: 'tap', start: 61, snr: 0 }))).toThrow(
      /lasts 60 s.*61 s/,
    );
  });
});

const commands = realData('speech_commands_test_v0.02');
const noiseData = realData('speech_commands_noise');
describe.skipIf(commands.absent || noiseData.absent)('Speech Commands in its own noises', () => {
  it('mixes every noise at the ratio that its label says', async () => {
    const noises = await listNoises(noiseData.path);
    expect(noises.map(({ name }) => name)).toEqual([
      'doing_the_dishes',
      'dude_miaowing',
      'exercise_bike',
      'pink_noise',
      'running_tap',
      'white_noise',
    ]);
    const random = new Random(5);
    const all = await loadCorpus('speech-commands', commands.path);
    const corpus = { name: all.name, clips: random.shuffle(all.clips).slice(0, 60) };
    const noisy = addNoise(corpus, noises, () => {
      const { name, duration } = random.pick(noises);
      return { noise: name, start: random.uniform() * (duration - 1), snr: 10 * random.uniform() };
    });
    const reader = new ClipReader();
    const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0);
    for (const [index, clip] of noisy.clips.entries()) {
      const clean = await reader.read(corpus.clips[index]!, 16000);
      const mixed = await reader.read(clip, 16000);
      const added = mixed.map((sample, i) => sample - clean[i]!);
      expect(Math.abs(10 * Math.log10(power(clean) / power(added)) - Number(clip.labels.snr))).toBeLessThan(
        0.01,
      );
    }
  });
});
