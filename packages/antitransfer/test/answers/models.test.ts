import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectResults } from '../../src/answers/collect.js';
import { writeModels } from '../../src/answers/models.js';
import type { ComparisonResults } from '../../src/answers/results.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import type { TrainedExperiment } from '../../src/runs/carry-out-plans.js';
import { runTiny, tinyConfig, tinyRows, writeTiny } from '../runs/tiny.js';

let root: string;
let results: ComparisonResults;
let experiment: TrainedExperiment;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'antitransfer-models-'));
  await writeTiny(join(root, 'corpus'));
  ({ experiment } = await runTiny(tinyConfig(join(root, 'corpus')), root));
  results = collectResults(experiment, []);
  await writeModels(join(root, 'out'), experiment, results);
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

it('results know the groups of the split, and the worst of validation where it chooses', async () => {
  const split = { kind: 'k-fold', column: 'list', folds: 3, validation: 0.5 };
  const training = { epochs: 1, batch: 4, choose: 'validation-worst-group-accuracy' };
  const changes = { split, methods: ['no-transfer'], training };
  const { experiment } = await runTiny(tinyConfig(join(root, 'corpus'), changes), join(root, 'folds'));
  const folded = collectResults(experiment, []);
  const lists = new Map(tinyRows().map(({ path, list }) => [path, list]));
  expect(folded.split.groups).toBe('list');
  const predictions = folded.runs.flatMap((run) => run.predictions);
  expect(predictions).toHaveLength(20);
  for (const { clip, group } of predictions) expect(group).toBe(lists.get(clip));
  for (const { epochs } of folded.runs) {
    const { accuracy, worstGroupAccuracy = Number.NaN } = epochs[0]?.validation ?? expect.fail('no epoch');
    expect(worstGroupAccuracy).toBeGreaterThanOrEqual(0);
    expect(worstGroupAccuracy).toBeLessThanOrEqual(accuracy);
  }
  expect(results.split.groups).toBeUndefined();
  expect(results.runs[0]?.predictions[0]?.group).toBeUndefined();
}, 120_000);

describe('the card of a model', () => {
  it('says where the model comes from, what it is worth and what it was to forget', async () => {
    const model = await DeployedModel.open(join(root, 'out/models/cka-seed-1.onnx'));
    await model.close();
    const run = results.runs.find(({ method }) => method === 'cka');
    const { accuracy, macroF1, crossEntropy } = run?.test ?? {};
    expect(model.card.account).toEqual({
      comparison: 'tiny',
      training: {
        corpus: 'manifest',
        split: results.split.description,
        seed: 1,
        epoch: run?.bestEpoch,
        clips: { train: 12, validation: 4, test: 4 },
      },
      test: { accuracy, macroF1, crossEntropy, chance: 0.5 },
      orthogonal: [{ column: 'speaker', forgotten: true, probe: run?.tasks[0]?.probe }],
    });
    const plain = await DeployedModel.open(join(root, 'out/models/no-transfer-seed-1.onnx'));
    await plain.close();
    expect(plain.card.account?.orthogonal).toMatchObject([{ column: 'speaker', forgotten: false }]);
  });

  it('has the level below which nothing is said, fixed on the validation clips as the model itself answers them', async () => {
    const [validation] = experiment.data.repetitions.map((repetition) => repetition.validation.clips);
    for (const method of ['cka', 'no-transfer']) {
      const model = await DeployedModel.open(join(root, `out/models/${method}-seed-1.onnx`));
      const { predictions } = await predictClips(model, validation ?? []);
      await model.close();
      const right = predictions
        .filter(({ clip, label }) => clip.labels[experiment.config.experiment.target] === label)
        .map(({ probabilities }) => Math.max(...probabilities));
      expect(right.length).toBeGreaterThan(0);
      expect(model.card.level).toMatchObject({ kept: 0.95, segments: right.length });
      const lowest = Math.min(...right);
      expect(model.card.level?.probability).toBeLessThanOrEqual(lowest + 1e-4);
      expect(model.card.level?.probability).toBeGreaterThan(lowest - 0.0011);
    }
  });

  it('is a file beside the model, with what goes in and comes out, and without a path of this machine', async () => {
    const model = await DeployedModel.open(join(root, 'out/models/cka-seed-1.onnx'));
    await model.close();
    const text = await readFile(join(root, 'out/models/cka-seed-1.json'), 'utf8');
    const { input, output, ...card } = JSON.parse(text) as Record<string, unknown>;
    expect(input).toMatchObject({ name: 'samples', shape: ['batch', 3200], sampleRate: 8000 });
    expect(output).toMatchObject({ name: 'probabilities', shape: ['batch', 2] });
    expect(card).toEqual(JSON.parse(JSON.stringify(model.card)));
    expect(text).not.toContain(root);
  });
});
