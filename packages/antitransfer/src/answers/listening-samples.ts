import { ClipReader } from '../data/audio/read-clip.js';
import { encodeWavUrl } from '../data/audio/wav.js';
import type { Clip } from '../data/clip.js';
import { buildFrontEnd } from '../data/features/front-end.js';
import type { Config } from '../runs/config/schema.js';
import { RoundData } from '../runs/data/round-data.js';
import type { SampleClip } from '../runs/store/records.js';

/** Test clips of the first round to look at and listen to: one for each of the first orthogonal labels. */
export async function collectSamples(folder: string, config: Config, count = 6): Promise<SampleClip[]> {
  const data = await RoundData.open(folder, config, 0);
  const { test } = data.round;
  const chosen = spread(test, data, count);
  const { features } = await data.target(chosen);
  const { frames, bins, frequencies, hopSeconds } = buildFrontEnd(config.features);
  const reader = new ClipReader();
  const size = frames * bins;
  return Promise.all(
    chosen.map(async (place, row): Promise<SampleClip> => {
      const clip = data.prepared.clips[place] as Clip;
      const rate = config.features.sampleRate;
      const samples = await reader.read(clip, rate);
      const values = Array.from(
        features.subarray(row * size, (row + 1) * size),
        (value) => Math.round(value * 1e3) / 1e3,
      );
      return {
        id: clip.id,
        labels: clip.labels,
        audio: encodeWavUrl(samples, rate),
        spectrogram: {
          frames,
          bins,
          values,
          hop: hopSeconds,
          frequencies: frequencies ?? Array.from({ length: bins }, (_, bin) => bin),
        },
      };
    }),
  );
}

/** Clips of different targets and orthogonal labels: the labels take turns. */
function spread(clips: readonly number[], data: RoundData, count: number): number[] {
  const { target, orthogonal } = data.config;
  const targets = data.labels(clips, target);
  const others = data.labels(clips, orthogonal[0]?.column as string);
  const seenTargets = new Map<string | undefined, number>();
  const seenOthers = new Map<string | undefined, number>();
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, clips.length)) {
    const cost = (i: number) => (seenTargets.get(targets[i]) ?? 0) + (seenOthers.get(others[i]) ?? 0);
    const free = clips.map((_, i) => i).filter((i) => !chosen.includes(i));
    const best = free.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    chosen.push(best);
    seenTargets.set(targets[best], (seenTargets.get(targets[best]) ?? 0) + 1);
    seenOthers.set(others[best], (seenOthers.get(others[best]) ?? 0) + 1);
  }
  return chosen.map((i) => clips[i] as number);
}
