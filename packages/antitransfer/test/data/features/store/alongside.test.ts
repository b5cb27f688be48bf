import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clip } from '../../../../src/data/clip.js';
import { sampleSettings } from '../../../../src/data/features/sample-settings.js';
import { featureSettings } from '../../../../src/data/features/settings.js';
import { FeatureStore } from '../../../../src/data/features/store/feature-store.js';
import { windowSettings } from '../../../../src/data/segments/settings.js';
import { builtFile, runProcess } from '../built-process.js';
import { writeSounds } from '../sounds.js';

const settings = featureSettings.parse({ sampleRate: 8000, seconds: 0.2, window: 256, hop: 128 });
const samples = sampleSettings(settings);
const windows = windowSettings.parse({ hop: 0.2 });
let folder: string;
let clips: Clip[];
/** Every third recording, and every other segment of a long one. */
const isWanted = ({ id }: Clip) => /[0369]\.wav$|[02468]$/.test(id);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alongside-'));
  const [long] = await writeSounds(folder, 1, { seed: 3, seconds: 20 });
  const segments = Array.from({ length: 60 }, (_, i) => ({
    ...long!,
    ...{ id: `${long!.id}#${i}`, start: i / 4, duration: 0.15 },
  }));
  clips = [...(await writeSounds(folder, 300, { seed: 4 })), ...segments];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a folder has of samples, by key: every number of it. */
async function samplesOf(store: FeatureStore, keys: readonly string[]): Promise<Map<string, Float32Array>> {
  const found = await store.describe(samples, keys);
  const names = keys.filter((key) => found.has(key));
  const features = await store.open(samples, names);
  const size = features.shape[1] * features.shape[2];
  const data = new Float32Array(names.length * size);
  await features.read([...names.keys()], data);
  await features.close();
  return new Map(names.map((name, i) => [name, data.slice(i * size, (i + 1) * size)]));
}

const given = (keys: readonly (string | undefined)[]) => keys.map((key) => key ?? expect.fail('no key'));

it('features and samples come from one decoding, as from two, of those clips that are wanted', async () => {
  const apart = new FeatureStore(join(folder, 'apart'));
  const { decoded } = await apart.add(clips, settings);
  const wanted = clips.filter(isWanted);
  const second = await apart.add(wanted, samples);
  expect(second.decoded).toBeGreaterThan(90);
  const together = new FeatureStore(join(folder, 'together'));
  const added = await together.add(clips, settings, { alongside: { settings: samples, of: isWanted } });
  expect(added.decoded).toBe(decoded);
  const keys = given(added.keys);
  const both = await samplesOf(together, keys);
  expect(both.size).toBe(new Set(second.keys).size);
  expect(both).toEqual(await samplesOf(apart, keys));
  expect(await together.usage(settings)).toEqual(await apart.usage(settings));
  // Whoever asks again has all there is.
  expect((await together.add(wanted, samples)).decoded).toBe(0);
});

it('windows of a clip that is wanted are wanted', async () => {
  const store = new FeatureStore(join(folder, 'windows'));
  const some = clips.slice(0, 30);
  const alongside = { settings: samples, of: isWanted };
  const added = await store.addWindows(some, settings, windows, { alongside });
  expect(added.features.decoded).toBe(30);
  const keyOf = new Map(added.clips.map((clip, i) => [clip, given(added.features.keys)[i]!]));
  const expected = some.filter(isWanted).flatMap((clip) => added.windows.get(clip) ?? []);
  expect(expected.length).toBeGreaterThan(9);
  const found = await samplesOf(store, given(added.features.keys));
  expect([...found.keys()].sort()).toEqual([...new Set(expected.map((clip) => keyOf.get(clip)!))].sort());
});

it('is the same to the byte in processes; what was stored before is left to a pass of its own', async () => {
  const program = (store: string, processes: number) => `
    import { FeatureStore } from ${builtFile('store/feature-store.js')};
    const store = new FeatureStore(${JSON.stringify(join(folder, store))});
    const clips = ${JSON.stringify(clips)};
    const of = ${isWanted.toString()};
    const alongside = { settings: ${JSON.stringify(samples)}, of };
    const { decoded } = await store.add(clips, ${JSON.stringify(settings)}, { processes: ${processes}, alongside });
    console.log(JSON.stringify({ decoded, ...(await store.usage(alongside.settings)) }));
  `;
  const together = new FeatureStore(join(folder, 'together'));
  const { keys } = await together.add(clips, settings);
  const expected = { decoded: 301, ...(await together.usage(samples)) };
  expect(await runProcess(program('two', 2))).toEqual(expected);
  const two = new FeatureStore(join(folder, 'two'));
  expect(await samplesOf(two, given(keys))).toEqual(await samplesOf(together, given(keys)));
  expect(await runProcess(program('two', 2))).toEqual({ ...expected, decoded: 0 });
  expect(await runProcess(program('apart', 1))).toMatchObject({ decoded: 0 });
});
