import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../src/index.js';
import type { ClipsView } from '../src/views/clips.js';
import type { MapView } from '../src/views/map.js';
import { asUser } from './speaking-browser.js';
import { compareSpoken, RATE, type SpokenComparison } from './spoken-comparison.js';

let spoken: SpokenComparison;
let studio: RunningStudio;

beforeAll(async () => {
  // The end of a clip is a window of its own where it is long enough: some have two, some the first alone.
  spoken = await compareSpoken(
    { taps: ['conv4_2'], readers: ['linear'] },
    {
      features: { sampleRate: RATE, seconds: 0.25, bins: 128, pool: 8, hop: 256 },
      segments: { hop: 0.25, minimum: 0.065 },
      training: { epochs: 1, batch: 16 },
      seeds: 1,
    },
  );
  studio = await startStudio({ folders: [spoken.folder], cache: spoken.cache });
}, 300_000);
afterAll(async () => {
  await studio?.close();
  await spoken?.remove();
});

describe('a clip that was cut', () => {
  it('is heard by its windows, be there one or several', async () => {
    const ask = await asUser(studio);
    const { clips } = (await ask<ClipsView>('runs/spoken/clips')).view;
    expect(new Set(clips.map(({ windows }) => windows?.length))).toEqual(new Set([1, 2]));
    for (const { id, windows } of clips) {
      expect(windows?.[0]).toBe(`${id}#0`);
      for (const clip of windows ?? []) {
        const { status } = await ask(`runs/spoken/clips/sound?${new URLSearchParams({ clip })}`);
        expect([clip, status]).toEqual([clip, 200]);
      }
    }
  });

  it('is heard from a map by its first window', async () => {
    const ask = await asUser(studio);
    const { points } = (await ask<MapView>('runs/spoken/map?method=cka&seed=1&tap=conv4_2')).view;
    expect(points.length).toBeGreaterThan(0);
    for (const { clip, window } of points) expect(window).toBe(`${clip}#0`);
  });
});
