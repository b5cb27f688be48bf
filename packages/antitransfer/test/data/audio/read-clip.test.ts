import { copyFile, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipReader } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import { extractFeatures } from '../../../src/data/features/extract.js';
import { featureSettings } from '../../../src/data/features/settings.js';

const users = join(import.meta.dirname, '../../fixtures/audio/users');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-reader-'));
});
afterAll(() => rm(folder, { recursive: true }));

const segment = (path: string, start: number) => ({
  id: `${path}#${start}`,
  path,
  start,
  duration: 0.25,
  labels: {},
});

describe('ClipReader', () => {
  it('decodes a recording once for all its segments, however long it is', async () => {
    const path = join(folder, 'long.wav');
    await writeFile(
      path,
      encodeWav(
        Float32Array.from({ length: 16000 }, (_, i) => Math.sin(i / 7) / 2),
        16000,
      ),
    );
    // A cache that holds a hundredth of it.
    const reader = new ClipReader(640);
    const first = await reader.read(segment(path, 0), 16000);
    // Whoever decodes it again finds nothing.
    await unlink(path);
    const second = await reader.read(segment(path, 0.5), 16000);
    expect([first.length, second.length]).toEqual([4000, 4000]);
    expect(second[0]).toBeCloseTo(Math.sin(8000 / 7) / 2, 4);
  });

  it('takes the channel that features ask for, and not the one that another asked for before', async () => {
    const path = join(folder, 'opposite.wav');
    await copyFile(join(users, 'stereo_antiphase.wav'), path);
    const reader = new ClipReader();
    const left = await reader.read(segment(path, 0), 16000, { channel: 1 });
    const right = await reader.read(segment(path, 0), 16000, { channel: 2 });
    expect(Math.max(...left)).toBeGreaterThan(0.29);
    expect(Math.max(...left.map((sample, i) => Math.abs(sample + right[i]!)))).toBeLessThanOrEqual(1 / 32768);
    await expect(reader.read(segment(path, 0), 16000)).rejects.toMatchObject({ reason: 'cancelled out' });

    const clips = [{ id: 'a', path, labels: {} }];
    await expect(extractFeatures(clips, featureSettings.parse({}))).rejects.toThrow(/features\.channel/);
    const { data } = await extractFeatures(clips, featureSettings.parse({ channel: 2 }));
    expect(Math.max(...data)).toBeGreaterThan(0.1);
  });

  it('leaves out, when told to skip, what cannot be read, and says which', async () => {
    const fast = join(folder, 'fast.wav');
    await writeFile(fast, encodeWav(new Float32Array(20000).fill(0.1), 384000));
    const clips = [
      { id: 'fast', path: fast, labels: {} },
      { id: 'damaged', path: join(users, 'mp3-garbage-inside.mp3'), labels: {} },
      { id: 'good', path: join(users, 'aac.m4a'), labels: {} },
    ];
    const set = await extractFeatures(clips, featureSettings.parse({}), { onProblem: 'skip' });
    expect(set.clips.map(({ id }) => id)).toEqual(['good']);
    expect(set.problems.map(({ reason, path }) => [reason, path])).toEqual([
      ['unreadable', fast],
      ['damaged', join(users, 'mp3-garbage-inside.mp3')],
    ]);
  });
});
