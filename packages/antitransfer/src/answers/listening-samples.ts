import { ClipReader } from '../data/audio/read-clip.js';
import { encodeWavUrl } from '../data/audio/wav.js';
import type { Clip } from '../data/clip.js';
import { buildFrontEnd } from '../data/features/front-end.js';
import { standardise } from '../data/features/standardise.js';
import { ClipLoader } from '../runs/data/load-clips.js';
import type { TrainedExperiment } from '../runs/run-experiment.js';
import type { SampleClip } from './results.js';

/** Test clips of the first repetition to look at and listen to: of different labels. */
export async function collectSamples(
  { config, data, store }: TrainedExperiment,
  count = 6,
): Promise<SampleClip[]> {
  const { features, target, orthogonal } = config.experiment;
  const [first] = data.repetitions;
  if (first === undefined) return [];
  const { clips, digest } = first.test;
  const loader = await ClipLoader.open(store, features, first.standardisation.digest);
  const test = await loader.load(digest, target, data.classes);
  const { frames, bins, frequencies, hopSeconds } = buildFrontEnd(features);
  const reader = new ClipReader();
  const size = frames * bins;
  const chosen = spread(clips, [target, ...orthogonal.map(({ column }) => column)], count);
  const shown = new Float32Array(chosen.length * size);
  await test.features.read(
    chosen.map(({ row }) => row),
    shown,
  );
  await loader.close();
  standardise(shown, loader.standardisation);
  return Promise.all(
    chosen.map(async ({ clip }, i): Promise<SampleClip> => {
      const samples = await reader.read(clip, features.sampleRate);
      const values = shown.subarray(i * size, (i + 1) * size);
      return {
        id: clip.id,
        labels: clip.labels,
        audio: encodeWavUrl(samples, features.sampleRate),
        spectrogram: {
          frames,
          bins,
          values: Array.from(values, (value) => Math.round(value * 1e3) / 1e3),
          hop: hopSeconds,
          frequencies: frequencies ?? Array.from({ length: bins }, (_, bin) => bin),
        },
      };
    }),
  );
}

/** Clips of different labels in some columns: the labels take turns. */
function spread(clips: readonly Clip[], columns: readonly string[], count: number) {
  const seen = new Map<string, number>();
  const labelsOf = ({ labels }: Clip) => columns.map((column) => `${column}=${labels[column]}`);
  const cost = (clip: Clip) => labelsOf(clip).reduce((total, label) => total + (seen.get(label) ?? 0), 0);
  const free = clips.map((clip, row) => ({ clip, row }));
  const chosen: typeof free = [];
  while (chosen.length < count && free.length > 0) {
    const best = free.reduce((a, b) => (cost(b.clip) < cost(a.clip) ? b : a));
    free.splice(free.indexOf(best), 1);
    chosen.push(best);
    for (const label of labelsOf(best.clip)) seen.set(label, (seen.get(label) ?? 0) + 1);
  }
  return chosen;
}
