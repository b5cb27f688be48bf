import { ClipReader } from '../data/audio/read-clip.js';
import { encodeWavUrl } from '../data/audio/wav.js';
import type { Clip } from '../data/clip.js';
import { buildFrontEnd } from '../data/features/front-end.js';
import { standardise } from '../data/features/standardise.js';
import { rowsByClip } from '../data/segments/whole-clips.js';
import { meanProbabilities } from '../inference/heard.js';
import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';
import type { TrainedExperiment } from '../runs/carry-out-plans.js';
import { ClipLoader } from '../runs/data/load-clips.js';
import type { SampleClip } from './results.js';

/**
 * Test clips of the first repetition to look at and listen to: those that networks take for something else most often, of
 * different labels; where there are too few, others.
 */
export async function collectSamples(trained: TrainedExperiment, count = 6): Promise<SampleClip[]> {
  const { config, data, store } = trained;
  const { features, target, orthogonal } = config.experiment;
  const [first] = data.repetitions;
  if (first === undefined) return [];
  const { clips, digest } = first.test;
  const loader = await ClipLoader.open(store, features, first.standardisation.digest);
  const test = await loader.load(digest, target, data.classes);
  const { frames, bins, frequencies, hopSeconds } = buildFrontEnd(features);
  const reader = new ClipReader();
  const size = frames * bins;
  const errors = errorsOf(trained);
  const columns = [target, ...orthogonal.map(({ column }) => column)];
  // Of a clip that was cut, its first window is shown; what is said is said of the whole.
  const rows = [...rowsByClip(clips)].map(([whole, [row = 0]]) => ({ whole, row }));
  const chosen = chooseClips(
    rows.map(({ whole }) => whole),
    ({ id }) => errors.get(id) ?? 0,
    columns,
    count,
  ).map(({ row }) => itemAt(rows, row));
  const shown = new Float32Array(chosen.length * size);
  await test.features.read(
    chosen.map(({ row }) => row),
    shown,
  );
  await loader.close();
  standardise(shown, loader.standardisation);
  return Promise.all(
    chosen.map(async ({ whole: clip, row }, i): Promise<SampleClip> => {
      const samples = await reader.read(itemAt(clips, row), features.sampleRate, features);
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

/** How large a part of the trainings that tested a clip took it for something else, by the clip's id. */
function errorsOf({ config, data, plan, records }: TrainedExperiment): ReadonlyMap<string, number> {
  const { target } = config.experiment;
  const answers = new Map<string, { wrong: number; all: number }>();
  for (const { assessment, repetition } of plan.methods) {
    const record = records.get(assessment);
    if (record?.kind !== 'assessment') continue;
    for (const [{ id, labels }, rows] of rowsByClip(data.repetitions[repetition]?.test.clips ?? [])) {
      const found = answers.get(id) ?? { wrong: 0, all: 0 };
      const windows = rows.map((row) => ({ probabilities: record.probabilities[row] ?? [] }));
      const said = data.classes[argmax(meanProbabilities(windows))];
      answers.set(id, { wrong: found.wrong + (said === labels[target] ? 0 : 1), all: found.all + 1 });
    }
  }
  return new Map([...answers].map(([id, { wrong, all }]) => [id, wrong / all]));
}

/**
 * Clips with the most errors, of different labels in some columns: who has a label that was chosen already must be wrong
 * clearly more often.
 */
export function chooseClips(
  clips: readonly Clip[],
  errors: (clip: Clip) => number,
  columns: readonly string[],
  count: number,
): { readonly clip: Clip; readonly row: number }[] {
  const seen = new Map<string, number>();
  const labelsOf = ({ labels }: Clip) => columns.map((column) => `${column}=${labels[column]}`);
  const repeated = (clip: Clip) => labelsOf(clip).reduce((total, label) => total + (seen.get(label) ?? 0), 0);
  const worth = (clip: Clip) => errors(clip) - REPEATED * repeated(clip);
  const free = clips.map((clip, row) => ({ clip, row }));
  const chosen: typeof free = [];
  while (chosen.length < count && free.length > 0) {
    const best = free.reduce((a, b) => (worth(b.clip) > worth(a.clip) ? b : a));
    free.splice(free.indexOf(best), 1);
    chosen.push(best);
    for (const label of labelsOf(best.clip)) seen.set(label, (seen.get(label) ?? 0) + 1);
  }
  return chosen;
}

/** What a label that was chosen already costs, as a part of errors: less than the difference between often and never. */
const REPEATED = 0.1;
