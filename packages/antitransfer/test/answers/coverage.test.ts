import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { intervalCoverage } from '../../src/answers/coverage.js';
import { expectSaid } from './expect-said.js';
import { comparisonFixture, type ResultsFixture } from './page/fixture.js';

const comparison = (options: ResultsFixture) =>
  comparisonFixture(new Random(2), { epochs: 2, clips: 20, ...options });

describe('what intervals cover', () => {
  it.each([
    [
      'seeds that draw splits',
      { redrawn: true },
      'Intervals and p cover other seeds, with splits and first weights of their own, of this one corpus, whose test has 5 speakers; they say nothing of other corpora. Such splits share clips, which is corrected for (Nadeau and Bengio 2003).',
    ],
    [
      'folds',
      { seeds: 1, folds: 5, clips: 3 },
      'Intervals and p cover other folds, with splits and first weights of their own, of this one corpus, whose test has 3 speakers; they say nothing of other corpora. Such splits share clips, which is corrected for (Nadeau and Bengio 2003).',
    ],
    [
      'seeds that share splits',
      { seeds: 6, splits: 3, redrawn: true },
      'Intervals and p cover other splits of this one corpus, whose test has 5 speakers, each with the mean over 2 seeds, whose first weights are their own; they say nothing of other corpora. Such splits share clips, which is corrected for (Nadeau and Bengio 2003).',
    ],
    [
      'seeds that all share one split',
      { seeds: 6, splits: 1 },
      'Intervals and p cover other first weights on this one split, whose test has 5 speakers; they say nothing of other splits or corpora.',
    ],
    [
      'seeds of one split',
      {},
      'Intervals and p cover other first weights on this one split, whose test has 5 speakers; they say nothing of other splits or corpora.',
    ],
  ])('is said on the page and the terminal: %s', (_, options, sentence) => {
    const results = comparison(options);
    expect(intervalCoverage(results)).toBe(sentence);
    expectSaid(results, sentence, 'section[aria-labelledby=results] .lead');
  });

  it('counts labels once that several tasks have, such as one with another frozen network as a control', () => {
    const results = comparison({});
    const [task] = results.tasks;
    const twice = {
      ...results,
      tasks: [task, { ...task, name: 'another-seed' }] as const,
      runs: results.runs.map((run) => ({
        ...run,
        predictions: run.predictions.map((prediction) => ({
          ...prediction,
          orthogonal: { ...prediction.orthogonal, 'another-seed': prediction.orthogonal[task.name]! },
        })),
      })),
    };
    expect(intervalCoverage(twice)).toBe(intervalCoverage(results));
  });

  it('is nothing where there is one run of each method', () => {
    expect(intervalCoverage(comparison({ seeds: 1 }))).toBeUndefined();
  });
});
