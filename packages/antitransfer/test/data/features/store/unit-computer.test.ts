import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clip } from '../../../../src/data/clip.js';
import { extractFeatures } from '../../../../src/data/features/extract.js';
import { type FeatureSettings, featurePresets } from '../../../../src/data/features/settings.js';
import { keyOf, settingsKey } from '../../../../src/data/features/store/clip-keys.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { HeldFiles } from '../../../../src/data/features/store/held-files.js';
import { filesOfClips, UnitComputer } from '../../../../src/data/features/store/unit-computer.js';
import { UserError } from '../../../../src/errors.js';
import { writeSounds } from '../sounds.js';

const settings: FeatureSettings = { ...featurePresets.pilot, seconds: 0.4 };
const { signal } = new AbortController();
let folder: string;
let clips: Clip[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unit-computer-'));
  clips = await writeSounds(folder, 6, { seconds: 2 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a recording is read once, for its name and for what is computed of it', async () => {
  const parts = clips.flatMap((clip) => [0, 0.5, 1].map((start) => ({ ...clip, start, duration: 0.4 })));
  const { data } = await extractFeatures(parts, settings);
  const store = new FeatureStore(join(folder, 'store'));
  const place = { folder: join(store.folder, settingsKey(settings)), settings, mostClips: 18, processes: 1 };
  const computer = new UnitComputer(place);
  const digests = await computer.begin(filesOfClips(parts), signal);
  const keys = parts.map((part) => keyOf(part, digests));
  // Whoever reads a second time finds nothing any more.
  for (const { path } of clips) await rm(path);
  const done: number[] = [];
  await computer.compute(parts, keys, signal, ({ clips: some, problems }) => {
    expect([...problems]).toEqual([]);
    done.push(...some);
  });
  expect(done).toEqual([...parts.keys()]);
  const features = await store.open(settings, keys as string[]);
  const rows = new Float32Array(data.length);
  await features.read([...parts.keys()], rows);
  await features.close();
  expect(rows).toEqual(data);
});

it('a file that is read again must be what was named', async () => {
  const path = join(folder, 'noise.raw');
  await writeFile(path, 'once');
  const files = new HeldFiles();
  const digest = await files.digest(path, false);
  expect(Buffer.from(await files.load(path)).toString()).toBe('once');
  await writeFile(path, 'then');
  await expect(files.load(path)).rejects.toThrow(UserError);
  await expect(files.load(path)).rejects.toThrow(/noise\.raw" changed while.*same command again/);
  // Its name stays where many share it.
  files.release(new Set([path]));
  expect(await files.digest(path, false)).toBe(digest);
  files.release(new Set());
  expect(await files.digest(path, true)).not.toBe(digest);
  await rm(path);
  expect(Buffer.from(await files.load(path)).toString()).toBe('then');
  expect(await files.digest(join(folder, 'absent.wav'), true)).toBeUndefined();
});
