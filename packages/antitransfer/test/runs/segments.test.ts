import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkModel } from '../../src/answers/check-model.js';
import { collectResults } from '../../src/answers/collect.js';
import { findRun } from '../../src/answers/find-run.js';
import { collectSamples } from '../../src/answers/listening-samples.js';
import { writeModels } from '../../src/answers/models.js';
import type { ComparisonResults } from '../../src/answers/results.js';
import { accountLines } from '../../src/data/account/text.js';
import { encodeWav } from '../../src/data/audio/wav.js';
import { wholeClips } from '../../src/data/segments/whole-clips.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import { mean } from '../../src/numbers/mean.js';
import type { TrainedExperiment } from '../../src/runs/carry-out-plans.js';
import { meanOfWindows, rowsOfClips } from '../../src/runs/store/average-by-clip.js';
import { runTiny, tinyConfig, tinyRows, writeTable } from './tiny.js';

/** The tiny corpus, its clips of 0.3 to 1.2 s and each with 0.4 s of silence behind it. */
async function writeLong(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, { path, digit, speaker }] of tinyRows().entries()) {
    const random = new Random(i);
    const sound = Math.round(8000 * (0.3 + 0.3 * (i % 4)));
    const samples = new Float32Array(sound + 3200);
    for (let t = 0; t < sound; t++) {
      samples[t] =
        0.2 * Math.sin((2 * Math.PI * (digit === 'low' ? 500 : 1500) * t) / 8000) +
        (speaker === 'ann' ? 0.01 : 0.1) * random.normal();
    }
    await writeFile(join(folder, path), encodeWav(samples, 8000));
  }
  await writeTable(folder, tinyRows());
}

let root: string;
let trained: TrainedExperiment;
let results: ComparisonResults;
const segments = { hop: 0.2 };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'antitransfer-segments-'));
  await writeLong(join(root, 'corpus'));
  const config = tinyConfig(join(root, 'corpus'), { segments });
  trained = (await runTiny(config, root)).experiment;
  results = collectResults(trained, []);
  await writeModels(join(root, 'out'), trained, results);
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

describe('a comparison with segments', () => {
  it('learns from windows, all of a clip on one side', async () => {
    const [repetition] = trained.data.repetitions;
    if (repetition === undefined) throw new Error('There is a repetition.');
    const { train, validation, test } = repetition;
    const sides = [train, validation, test].map(({ clips }) => wholeClips(clips).map(({ path }) => path));
    expect(sides.map((side) => side.length)).toEqual([12, 4, 4]);
    expect(new Set(sides.flat()).size).toBe(20);
    expect(train.clips.length).toBeGreaterThan(24);
    const set = await trained.store.set(train.digest);
    expect(new Set(set.clips.map(({ windowOf }) => windowOf)).size).toBe(12);
    expect(new Set(set.clips.map(({ key }) => key)).size).toBe(train.clips.length);
  });

  it('has one answer a clip in its test: the mean over its windows', () => {
    const [cell] = trained.plan.methods;
    const assessment = trained.records.get(cell?.assessment ?? '');
    if (assessment?.kind !== 'assessment') throw new Error('There is a test.');
    const clips = trained.data.repetitions[0]?.test.clips ?? [];
    const [run] = results.runs;
    expect(assessment.probabilities).toHaveLength(clips.length);
    expect(clips.length).toBeGreaterThan(8);
    expect(run?.predictions.map(({ clip }) => clip)).toEqual(wholeClips(clips).map(({ id }) => id));
    for (const { clip, probabilities, predicted } of run?.predictions ?? []) {
      const rows = clips.flatMap(({ whole, id }, row) =>
        (whole?.id ?? id) === clip ? [assessment.probabilities[row] ?? []] : [],
      );
      const expected = [0, 1].map((index) => mean(rows.map((row) => row[index] ?? Number.NaN)));
      expect(probabilities).toEqual(expected);
      expect(predicted).toBe(results.target.classes[expected.indexOf(Math.max(...expected))]);
    }
    const right = run?.predictions.filter(({ truth, predicted }) => truth === predicted).length;
    expect(run?.test.accuracy).toBe((right ?? Number.NaN) / 4);
  });

  it('says how many clips became how many windows', () => {
    expect(results.split.counts).toEqual({ train: 12, validation: 4, test: 4 });
    const [, cut] = accountLines(results.data);
    expect(`${results.split.description}.`.endsWith(`; ${cut}`)).toBe(true);
    const { windows, clips, longest } = results.data.lengths;
    expect(windows).toMatchObject({ clips: 20, longer: 20, windows: clips, unheard: 0 });
    expect(longest).toBe(0.4);
    expect(results.data.repetitions).toMatchObject([{ train: 12, validation: 4, test: 4, unused: 0 }]);
    expect(results.split.description).toMatch(
      /; 20 clips \(20 longer than 0.4 s\) became \d+ windows, 0.2 s apart; left out with less than 0.05 s of sound or no sample above 0.0001: \d+$/,
    );
  });

  it('counts clips and not windows wherever it says how many are right', () => {
    const { plan, records } = trained;
    for (const { of, assessment } of plan.methods) {
      const record = records.get(assessment);
      const run = results.runs.find(({ method }) => method === of);
      expect(record).toMatchObject({ kind: 'assessment', accuracy: run?.test.accuracy });
    }
    const orthogonal = records.get(plan.tasks[0]?.job ?? '');
    if (orthogonal?.kind !== 'orthogonal') throw new Error('There is an orthogonal network.');
    // Of four validation clips, two by each speaker, cut into more windows of the one than of the other.
    expect([0, 0.25, 0.5, 0.75, 1]).toContain(orthogonal.accuracy);
    expect(orthogonal.chance).toBe(0.5);
  });

  it('shows a window of a clip, under the clip’s name', async () => {
    const samples = await collectSamples(trained);
    const clips = wholeClips(trained.data.repetitions[0]?.test.clips ?? []).map(({ id }) => id);
    expect(samples.map(({ id }) => id).toSorted()).toEqual(clips.toSorted());
    // 0.4 s of 16-bit samples at 8000 Hz, and a header, in base64.
    for (const { audio } of samples) {
      expect(audio.length - 'data:audio/wav;base64,'.length).toBe(4 * Math.ceil((44 + 6400) / 3));
    }
  });

  it('leaves models that say the same of the clips, and an export’s check that holds', async () => {
    const model = await DeployedModel.open(join(root, 'out/models/cka-seed-1.onnx'));
    expect(model.card.segments).toMatchObject(segments);
    expect(model.card.account?.training.clips).toEqual({ train: 12, validation: 4, test: 4 });
    const clips = wholeClips(trained.data.repetitions[0]?.test.clips ?? []);
    const { predictions } = await predictClips(model, clips);
    await model.close();
    const known = results.runs.find(({ method }) => method === 'cka')?.predictions ?? [];
    expect(predictions.map(({ clip }) => clip.id)).toEqual(known.map(({ clip }) => clip));
    for (const [i, { probabilities }] of predictions.entries()) {
      for (const [j, value] of probabilities.entries())
        expect(value).toBeCloseTo(known[i]?.probabilities[j] ?? -1, 5);
    }
    const found = await findRun(
      join(root, 'out'),
      { method: 'cka' },
      { store: undefined, cache: join(root, 'cache') },
    );
    const { clips: checked, difference } = await checkModel(found.model, found, join(root, 'cache'));
    expect(checked).toBeGreaterThan(8);
    expect(difference).toBeLessThan(1e-5);
  });

  it('has sets and jobs as before where clips are no longer than a segment, or without segments', async () => {
    const whole = { features: { sampleRate: 8000, seconds: 2, bins: 128, pool: 8, hop: 256 } };
    const corpus = join(root, 'corpus');
    const [plain, cut] = [
      await runTiny(tinyConfig(corpus, { ...whole, methods: ['no-transfer'] }), root, { folder: 'plain' }),
      await runTiny(tinyConfig(corpus, { ...whole, methods: ['no-transfer'], segments }), root, {
        folder: 'cut',
      }),
    ];
    expect(plain.trained.length).toBeGreaterThan(0);
    expect(cut.trained).toEqual([]);
    const set = await plain.experiment.store.set(plain.experiment.data.repetitions[0]?.train.digest ?? '');
    expect(Object.keys(set.clips[0] ?? {})).toEqual(['key', 'labels']);
  });

  it('refuses windows that leave gaps, and a side in which nothing is heard', async () => {
    const corpus = join(root, 'corpus');
    expect(() => tinyConfig(corpus, { segments: { hop: 0.5, minimum: 0.6 } })).toThrow(
      /segments.hop: 0.5 s is more than features.seconds, 0.4[\s\S]*segments.minimum: no window holds 0.6 s/,
    );
    const deaf = tinyConfig(corpus, { segments: { minimumPeak: 0.9 } });
    await expect(runTiny(deaf, root, { folder: 'deaf' })).rejects.toThrow(
      /No training clip with the digit "(low|high)" has anything to hear: .*Lower segments.minimum or segments.minimumPeak/,
    );
  });
});

describe('the mean over windows', () => {
  it('is of the rows of one clip; a row by itself stays as it is', () => {
    const key = '0'.repeat(32);
    const of = (windowOf?: number) => ({ key, labels: {}, ...(windowOf !== undefined && { windowOf }) });
    const rows = rowsOfClips({ version: 2, clips: [of(0), of(), of(0), of(2), of()] });
    expect(rows).toEqual([[0, 2], [1], [3], [4]]);
    const own = Float32Array.of(9, 9);
    const vectors = [Float32Array.of(1, 2), own, Float32Array.of(3, 6), own, own];
    const means = meanOfWindows(vectors, rows);
    expect(means[0]).toEqual([2, 4]);
    expect(means[1]).toBe(own);
  });
});
