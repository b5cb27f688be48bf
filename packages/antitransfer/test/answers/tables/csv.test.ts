import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { predictionsCsv, resultsCsv } from '../../../src/answers/tables/csv.js';
import { comparisonFixture } from '../page/fixture.js';

function fail(): never {
  throw new Error('The run has no orthogonal task.');
}

const results = comparisonFixture(new Random(2), { seeds: 2, epochs: 3, clips: 40 });

describe('resultsCsv', () => {
  it('has a header and a row a run', () => {
    const lines = resultsCsv(results).trimEnd().split('\n');
    expect(lines[0]).toBe(
      'method,seed,fold,split_seed,best_epoch,epochs,seconds,accuracy,balanced_accuracy,macro_f1,cross_entropy,contradicting_accuracy,contradicting_clips,macro_precision,calibration_error,brier_score,train_accuracy,train_balanced_accuracy,train_macro_f1,train_macro_precision,train_cross_entropy,validation_accuracy,validation_balanced_accuracy,validation_macro_f1,validation_macro_precision,validation_cross_entropy,cka speaker,probe speaker,worst speaker,gap speaker,probe_chance speaker',
    );
    expect(lines).toHaveLength(1 + 10);
    const run = results.runs[0]!;
    const cells = lines[1]!.split(',');
    expect(cells.slice(0, 4)).toEqual(['none', '1', '', '1']);
    expect(Number(cells[7])).toBe(run.test.accuracy);
    expect(Number(cells[8])).toBe(run.test.balancedAccuracy);
    expect(cells.slice(14, 16).map(Number)).toEqual([run.test.calibrationError, run.test.brierScore]);
    const [{ cka, probe, groups } = fail()] = run.tasks;
    const accuracies = groups.map(({ accuracy }) => accuracy);
    const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
    expect(cells.slice(26).map(Number)).toEqual([cka, probe.accuracy, low, high - low, probe.chance]);
  });

  it('has the scores of the chosen model on all sides', () => {
    const scores = {
      accuracy: 0.9,
      balancedAccuracy: 0.8,
      macroF1: 0.7,
      macroPrecision: 0.6,
      crossEntropy: 0.5,
    };
    const validation = { ...scores, accuracy: 0.4 };
    const runs = results.runs.map((run) => ({
      ...run,
      test: { ...run.test, macroPrecision: 0.3 },
      sides: { train: scores, validation },
    }));
    const cells = resultsCsv({ ...results, runs })
      .split('\n')[1]!
      .split(',');
    expect(Number(cells[13])).toBe(0.3);
    expect(cells.slice(16, 26).map(Number)).toEqual([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.8, 0.7, 0.6, 0.5]);
  });

  it('leaves what was not measured empty', () => {
    const runs = results.runs.map((run) => ({
      ...run,
      fold: 0,
      test: { ...run.test, contradicting: undefined },
    }));
    const cells = resultsCsv({ ...results, runs })
      .split('\n')[1]!
      .split(',');
    expect(cells[2]).toBe('0');
    expect(cells.slice(11, 13)).toEqual(['', '']);
  });
});

describe('predictionsCsv', () => {
  it('has a row a run and clip, with a probability a class', () => {
    const lines = predictionsCsv(results).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 10 * 40);
    expect(lines[0]).toMatch(
      /^method,seed,fold,split_seed,clip,truth,predicted,orthogonal speaker,probability 0,probability 1,/,
    );
    const prediction = results.runs[0]!.predictions[1]!;
    const cells = lines[2]!.split(',');
    expect(cells.slice(4, 8)).toEqual([
      prediction.clip,
      prediction.truth,
      prediction.predicted,
      prediction.orthogonal.speaker,
    ]);
    expect(cells.slice(8).map(Number)).toEqual(prediction.probabilities);
  });

  it('quotes commas and quotes, and disarms formulas', () => {
    const run = results.runs[0]!;
    const prediction = { ...run.predictions[0]!, clip: '=cmd("a,b")', probabilities: [1e-9, 1] };
    const csv = predictionsCsv({ ...results, runs: [{ ...run, predictions: [prediction] }] });
    expect(csv.split('\n')[1]).toContain(`,"'=cmd(""a,b"")",`);
    expect(csv.split('\n')[1]).toContain(',1e-9,1,');
  });
});
