import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import type { Clip } from '../../../src/data/clip.js';
import { featurePresets } from '../../../src/data/features/settings.js';
import { cutClips, describeCut } from '../../../src/data/segments/cut-clips.js';
import { windowSettings } from '../../../src/data/segments/settings.js';
import { rowsByClip, wholeClips } from '../../../src/data/segments/whole-clips.js';
import { writeLargeMp3 } from '../audio/large-mp3.js';

const features = { ...featurePresets.pilot, seconds: 0.4 };
const RATE = 8000;

let folder: string;
const clip = (name: string, changes: Partial<Clip> = {}): Clip => ({
  id: name,
  path: join(folder, name),
  labels: { word: 'yes' },
  ...changes,
});

const tone = (length: number, level = 0.5) =>
  Float32Array.from({ length }, (_, i) => level * Math.sin(0.001 * i * i));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-cut-'));
  await writeFile(join(folder, 'long.wav'), encodeWav(tone(RATE), RATE));
  await writeFile(join(folder, 'short.wav'), encodeWav(tone(0.3 * RATE), RATE));
  const half = tone(2 * RATE);
  half.fill(0, RATE);
  await writeFile(join(folder, 'half.wav'), encodeWav(half, RATE));
  await writeFile(join(folder, 'quiet.wav'), encodeWav(tone(RATE, 0.01), RATE));
  await writeFile(join(folder, 'text.wav'), 'no sound');
});
afterAll(() => rm(folder, { recursive: true }));

const cut = async (clips: readonly Clip[], settings: Partial<Parameters<typeof cutClips>[2]> = {}) => {
  const { windows, account } = await cutClips(clips, features, windowSettings.parse(settings));
  return { account, of: clips.map((one) => windows.get(one) ?? []) };
};
const times = (windows: readonly Clip[]) => windows.map(({ start, duration }) => [start, duration]);

describe('clips that are cut', () => {
  it('become windows with their labels, which are read as the clip’s own samples', async () => {
    const noise = { path: join(folder, 'short.wav'), start: 0, snr: 10 };
    const long = clip('long.wav', { noise });
    const { of } = await cut([long]);
    const [windows = []] = of;
    expect(times(windows)).toEqual([
      [0, 0.4],
      [0.2, 0.4],
      [0.4, 0.4],
      [0.6, 0.4],
    ]);
    expect(windows[1]).toEqual({ ...long, id: 'long.wav#0.2', start: 0.2, duration: 0.4, whole: long });
    const whole = await readClip(clip('long.wav'), RATE);
    const { noise: _, ...second } = windows[1] ?? long;
    expect(await readClip(second, RATE)).toEqual(whole.slice(1600, 4800));
  });

  it('stay as they are when they are no longer than a segment, or cannot be read', async () => {
    const clips = [clip('short.wav'), clip('text.wav'), clip('none.wav')];
    const { of, account } = await cut(clips);
    expect(of).toEqual(clips.map((one) => [one]));
    expect(account).toEqual({ clips: 3, longer: 0, windows: 3, leftOut: 0, unheard: 0 });
  });

  it('lose the windows with too little to hear, and are counted', async () => {
    const clips = [clip('long.wav'), clip('half.wav'), clip('quiet.wav'), clip('short.wav')];
    const { of, account } = await cut(clips, { hop: 0.4, minimumPeak: 0.05, minimum: 0.3 });
    expect(of.map((windows) => windows.length)).toEqual([2, 3, 0, 1]);
    // The last 0.2 s of long.wav are less than 0.3 s.
    expect(times(of[0] ?? [])).toEqual([
      [0, 0.4],
      [0.4, 0.4],
    ]);
    expect(account).toEqual({ clips: 4, longer: 3, windows: 6, leftOut: 6, unheard: 1 });
    expect(
      describeCut(account, features, windowSettings.parse({ hop: 0.4, minimumPeak: 0.05, minimum: 0.3 })),
    ).toBe(
      '4 clips (3 longer than 0.4 s) became 6 windows, 0.4 s apart; left out with less than 0.3 s of sound or no sample ' +
        'above 0.05: 6 (clips of which nothing is left: 1)',
    );
  });

  it('are cut from their own start, within their own duration; those of one sound count once', async () => {
    const segment = clip('half.wav', { id: 'half.wav#0.3', start: 0.3, duration: 0.7 });
    const twin = { ...segment, labels: { word: 'no' } };
    const { of, account } = await cut([segment, twin], { hop: 0.4 });
    expect(times(of[0] ?? [])).toEqual([
      [0.3, 0.4],
      [0.7, 0.3],
    ]);
    expect(of[1]?.map(({ id, labels, whole }) => [id, labels.word, whole])).toEqual([
      ['half.wav#0.3#0.3', 'no', twin],
      ['half.wav#0.3#0.7', 'no', twin],
    ]);
    expect(account).toMatchObject({ clips: 1, windows: 2 });
  });

  it('are cut however large their files are, as features are computed of them', async () => {
    await writeLargeMp3(join(folder, 'large.mp3'));
    const { of, account } = await cut([clip('large.mp3')], { hop: 0.4 });
    expect(times(of[0] ?? [])).toEqual([0, 0.4, 0.8, 1.2, 1.6].map((start) => [start, 0.4]));
    expect(account).toMatchObject({ longer: 1, windows: 5 });
  });

  it('are found again from their windows', async () => {
    const clips = [clip('long.wav'), clip('short.wav'), clip('half.wav')];
    const { of } = await cut(clips, { hop: 0.4 });
    const windows = of.flat();
    expect(wholeClips(windows)).toEqual(clips);
    expect([...rowsByClip(windows).values()]).toEqual([[0, 1, 2], [3], [4, 5, 6]]);
  });

  it('stop when they are told to', async () => {
    const signal = AbortSignal.abort();
    await expect(
      cutClips([clip('long.wav')], features, windowSettings.parse({}), { signal }),
    ).rejects.toThrow(/abort/);
  });
});
