import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { spread } from '../../src/analysis/statistics.js';
import type { ComparisonResults } from '../../src/answers/results.js';
import { accuracyDifference, resamplingRatio, summarise } from '../../src/answers/summary.js';
import { UserError } from '../../src/errors.js';
import { comparisonFixture } from './page/fixture.js';

function comparison(options: Parameters<typeof comparisonFixture>[1] = {}): ComparisonResults {
  return comparisonFixture(new Random(1), { epochs: 3, clips: 10, ...options });
}

describe('summarise', () => {
  const results = comparison();
  const summaries = summarise(results);

  it('sums up every method in the order of the results', () => {
    expect(summaries.map(({ method }) => method.id)).toEqual(results.methods.map(({ id }) => id));
    expect(summaries.map(({ reference }) => reference)).toEqual([true, false, false, false, false]);
    expect(summaries.map(({ penalised }) => penalised)).toEqual([false, false, true, true, true]);
    const runs = results.runs.filter(({ method }) => method === 'gram');
    const gram = summaries[2]!;
    expect(gram.n).toBe(7);
    expect(gram.accuracy.mean).toBeCloseTo(runs.reduce((sum, { test }) => sum + test.accuracy, 0) / 7, 12);
    expect(gram.tasks[0]!.probe.chance).toBeCloseTo(0.2, 12);
    expect(gram.contradicting?.n).toBe(7);
  });

  it('counts the gain in percentage points, pair by pair', () => {
    const [reference, , gram] = summaries;
    expect(reference!.gain).toBeUndefined();
    expect(reference!.pHolm).toBeUndefined();
    expect(gram!.gain!.mean).toBeCloseTo(100 * (gram!.accuracy.mean! - reference!.accuracy.mean!), 9);
    expect(gram!.pHolm).toBeGreaterThanOrEqual(gram!.gain!.test!.p);
    expect(accuracyDifference(results, 'gram', 'none')).toEqual(gram!.gain);
  });

  it('pairs by seed, not by position, and leaves runs without a partner out of the difference only', () => {
    const missing = results.runs.filter(({ method, seed }) => !(method === 'none' && seed === 3));
    const summary = summarise({ ...results, runs: missing.toReversed() })[3]!;
    expect(summary.n).toBe(7);
    expect(summary.gain!.n).toBe(6);
    const expected = summarise({ ...results, runs: results.runs.filter(({ seed }) => seed !== 3) })[3]!;
    expect(summary.gain!.mean).toBeCloseTo(expected.gain!.mean, 9);
  });

  it('describes a method without runs as empty', () => {
    const summary = summarise({
      ...results,
      runs: results.runs.filter(({ method }) => method !== 'gram'),
    })[2]!;
    expect(summary).toMatchObject({ n: 0, gain: undefined, pHolm: undefined, contradicting: undefined });
    expect(summary.accuracy.mean).toBeUndefined();
  });

  it('knows the worst group of every run, its gap, and the interval of both', () => {
    const { groups, worst, gap } = summaries[3]!.tasks[0]!;
    const runs = results.runs.filter(({ method }) => method === 'correlation-auxiliary');
    const accuracies = runs.map(({ tasks }) => tasks[0]!.groups.map(({ accuracy }) => accuracy));
    const lowest = accuracies.map((all) => Math.min(...all));
    const gaps = accuracies.map((all) => Math.max(...all) - Math.min(...all));
    expect(worst!.mean).toBeCloseTo(spread(lowest).mean!, 12);
    expect(gap!.mean).toBeCloseTo(spread(gaps).mean!, 12);
    // scipy's t.ppf(0.975, 6).
    const margin = (2.4469118511449692 * spread(gaps).deviation!) / Math.sqrt(7);
    expect(gap!.interval![0]).toBeCloseTo(gap!.mean - margin, 8);
    expect(gap!.interval![1]).toBeCloseTo(gap!.mean + margin, 8);
    expect(groups.map(({ group }) => group)).toEqual(['george', 'jackson', 'lucas', 'nicolas', 'theo']);
    expect(groups[0]!.count).toBe(7 * 2);
    expect(groups[0]!.accuracy.mean).toBeCloseTo(spread(accuracies.map(([first]) => first!)).mean!, 12);
  });

  it('tests the mean accuracy against chance on the clips that there are, not once a seed', () => {
    const { chance, accuracy } = summaries[0]!;
    expect(chance).toMatchObject({ clips: 10, chance: 0.1, accuracy: accuracy.mean });
  });

  it('knows no contradicting clips where nothing is confounded', () => {
    const runs = results.runs.map((run) => ({ ...run, test: { ...run.test, contradicting: undefined } }));
    expect(summarise({ ...results, runs }).map(({ contradicting }) => contradicting)).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('corrects for seeds that draw their splits from one corpus', () => {
    const redrawn = { ...results, split: { ...results.split, redrawn: true } };
    expect(resamplingRatio(redrawn)).toBeCloseTo(500 / 360, 12);
    const [fixed, drawn] = [results, redrawn].map((of) => summarise(of)[3]!.gain!);
    expect([fixed!.test!.corrected, drawn!.test!.corrected]).toEqual([false, true]);
    expect(drawn!.mean).toBe(fixed!.mean);
    // (1/n + ratio) s^2 in place of s^2 / n: Nadeau and Bengio 2003, equation 15; scipy's t.ppf(0.975, 6).
    const margin = 2.4469118511449692 * drawn!.deviation! * Math.sqrt(1 / 7 + 500 / 360);
    expect(drawn!.test!.interval[1]).toBeCloseTo(drawn!.mean + margin, 6);
    const interval = summarise(redrawn)[0]!.tasks[0]!.gap!.interval!;
    const plain = summarise(results)[0]!.tasks[0]!.gap!.interval!;
    expect(interval[1] - interval[0]).toBeGreaterThan(plain[1] - plain[0]);
  });

  it('takes a split of several seeds as one measurement: the mean over them', () => {
    const shared = comparison({ seeds: 6, splits: 3, redrawn: true });
    const summary = summarise(shared)[3]!;
    const accuracies = (method: string) => {
      const of = (seed: number) =>
        shared.runs.find((run) => run.method === method && run.seed === seed)!.test.accuracy;
      return [1, 2, 3].map((seed) => (of(seed) + of(seed + 3)) / 2);
    };
    const own = accuracies('correlation-auxiliary');
    const reference = accuracies('none');
    expect(summary.n).toBe(6);
    expect(summary.accuracy).toEqual(spread(own));
    const gains = spread(own.map((value, i) => 100 * (value - reference[i]!)));
    expect(summary.gain!.n).toBe(3);
    expect(summary.gain!.mean).toBeCloseTo(gains.mean!, 9);
    // scipy's t.ppf(0.975, 2).
    const margin = 4.302652729911275 * gains.deviation! * Math.sqrt(1 / 3 + 500 / 360);
    expect(summary.gain!.test!.interval[1]).toBeCloseTo(gains.mean! + margin, 6);
    const [task] = summary.tasks;
    expect([task!.worst!.n, task!.gap!.n, task!.probe.accuracy.n, task!.ckaChange!.n]).toEqual([3, 3, 3, 3]);
  });

  it('corrects for folds, whose training sets overlap', () => {
    const folded = comparison({ seeds: 1, folds: 5 });
    expect(resamplingRatio(folded)).toBeCloseTo(500 / 360, 12);
    expect(resamplingRatio(results)).toBeUndefined();
    const gain = summarise(folded)[3]!.gain!;
    expect(gain.n).toBe(5);
    expect(gain.test!.corrected).toBe(true);
    const seeded = {
      ...folded,
      runs: folded.runs.map((run) => ({ ...run, seed: run.fold!, fold: undefined })),
    };
    const plain = summarise(seeded)[3]!.gain!;
    expect(gain.mean).toBeCloseTo(plain.mean, 9);
    expect(gain.test!.p).toBeGreaterThan(plain.test!.p);
  });

  it('refuses two runs for one pair, and runs of a method that is not described', () => {
    const run = results.runs[0]!;
    expect(() => summarise({ ...results, runs: [...results.runs, run] })).toThrow(UserError);
    expect(() => summarise({ ...results, runs: [...results.runs, run] })).toThrow('"none" for seed 1');
    expect(() => summarise({ ...results, runs: [{ ...run, method: 'gramm' }] })).toThrow('"gramm"');
  });
});
