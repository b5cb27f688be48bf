import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { featureSettings } from '../../../../src/data/features/settings.js';
import { builtFile, runProcess } from '../built-process.js';
import { writeSounds } from '../sounds.js';

/** Much of a row, little to compute: 211 kB of 0.4 s. */
const settings = featureSettings.parse({ sampleRate: 8000, seconds: 0.4, window: 64, hop: 2 });
const count = 1600;
const megabytes = (count * 1601 * 33 * 4) / 1e6;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('adding, measuring and reading take memory for a batch and a file, not for all clips', async () => {
  const [recording] = await writeSounds(folder, 1, { seconds: 85 });
  const program = `
    import { FeatureStore } from ${builtFile('store/feature-store.js')};
    import { measureStandardisation } from ${builtFile('standardise.js')};
    const recording = ${JSON.stringify(recording)};
    const settings = ${JSON.stringify(settings)};
    const clips = Array.from({ length: ${count} }, (_, i) => ({ ...recording, start: i / 20, duration: 0.4 }));
    const store = new FeatureStore(${JSON.stringify(join(folder, 'store'))});
    // What Node, ONNX Runtime and one batch take.
    await store.add(clips.slice(0, 16), settings);
    const peak = () => process.resourceUsage().maxRSS / 1024;
    const before = peak();
    const { keys } = await store.add(clips, settings);
    const features = await store.open(settings, keys);
    const rows = [...clips.keys()];
    const { mean } = await measureStandardisation(features, rows, 'global');
    const batch = new Float32Array(32 * 1601 * 33);
    for (let first = 0; first < rows.length; first += 32) {
      await features.read(rows.slice(first, first + 32).map((row) => (row * 1009) % rows.length), batch);
    }
    await features.close();
    const { bytes } = await store.usage();
    console.log(JSON.stringify({ before, after: peak(), mean, bytes }));
  `;
  const { before, after, mean, bytes } = await runProcess<{
    before: number;
    after: number;
    mean: number[];
    bytes: number;
  }>(program);
  expect(bytes / 1e6).toBeGreaterThan(megabytes);
  expect(mean[0]).toBeGreaterThan(0);
  // A file of 64 MiB, some batches, what the garbage collector leaves: 112 MiB, also of twice as many clips.
  expect(after - before).toBeLessThan(170);
  expect(megabytes).toBeGreaterThan(330);
}, 120_000);
