import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { trackedRuns } from '../../../src/answers/tracking/tracked-run.js';
import { comparisonFixture } from '../page/fixture.js';

const results = comparisonFixture(new Random(1), { seeds: 2, folds: 2, epochs: 5, clips: 10 });
const runs = trackedRuns(results, 'demo');

it('is one a method, seed and fold, each of another name', () => {
  expect(runs).toHaveLength(results.runs.length);
  expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
  expect(runs[0]).toMatchObject({ name: 'none-seed-1-fold-0', title: 'no transfer, seed 1, fold 0' });
  expect(Object.fromEntries(runs[0]!.parameters)).toMatchObject({
    ...{ method: 'none', seed: '1', fold: '0', 'corpus.name': 'fsdd', 'training.learningRate': '0.001' },
  });
});

it('has the curves by epoch and the test at the chosen epoch, later and later', () => {
  const [run] = results.runs;
  const { metrics, started, ended } = runs[0]!;
  expect(metrics.get('validation/accuracy')?.map(({ step, value }) => [step, value])).toEqual(
    run?.epochs.map(({ epoch, validation }) => [epoch, validation.accuracy]),
  );
  expect(metrics.get('test/accuracy')).toEqual([
    { step: run?.bestEpoch, value: run?.test.accuracy, time: ended },
  ]);
  expect([...metrics.keys()]).toContain('test/probe.speaker');
  const times = [started, ...(metrics.get('train/accuracy') ?? []).map(({ time }) => time), ended];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(ended).toBe(Date.parse(results.createdAt) / 1000);
});

it('leaves out what was not measured, and makes no folder outside of a name', () => {
  const blind = {
    ...results,
    runs: results.runs.map((run) => ({
      ...run,
      epochs: run.epochs.map((epoch) => ({
        ...epoch,
        validation: { crossEntropy: Number.NaN, accuracy: Number.NaN },
      })),
    })),
  };
  const [run] = trackedRuns(blind, '../../deep/one');
  expect([...run!.metrics.keys()].filter((name) => /validation\/(acc|cross)/.test(name))).toEqual([]);
  expect(run!.comparison).toBe('deep-one');
});
