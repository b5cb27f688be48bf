import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture } from '../page/fixture.js';
import { CORRELATION, NONE, SHUFFLED } from './verdict-of.js';

describe('trouble', () => {
  const whole = comparisonFixture(new Random(5), {
    epochs: 3,
    clips: 20,
    methods: [NONE, CORRELATION, SHUFFLED],
  });
  const first = (results: ComparisonResults) => judge(results, summarise(results)).reasons[0];

  it('names trainings that gave no result, and judges the others', () => {
    const failed = [{ method: CORRELATION.id, seed: 2, reason: 'The training diverged.' }];
    const runs = whole.runs.filter(({ method, seed }) => method !== CORRELATION.id || seed !== 2);
    const results = { ...whole, failed, runs };
    expect(first(results)).toBe(
      '“correlation, auxiliary clips” gave no result in 1 of 7 trainings (seed 2): The training diverged. Its numbers are of the others.',
    );
    expect(judge(results, summarise(results)).kind).toBe('gain');
  });

  it('names networks that give every clip the same answer', () => {
    const runs = whole.runs.map((run) =>
      run.method === SHUFFLED.id && run.seed < 3
        ? { ...run, predictions: run.predictions.map((prediction) => ({ ...prediction, predicted: '7' })) }
        : run,
    );
    expect(first({ ...whole, runs })).toBe(
      '“correlation, shuffled features” gives every test clip the same answer in 2 of 7 trainings (seed 1; seed 2).',
    );
  });

  it('names an objective that explodes', () => {
    const runs = whole.runs.map((run) =>
      run.method === CORRELATION.id && run.seed === 3
        ? {
            ...run,
            epochs: run.epochs.map((epoch) => ({
              ...epoch,
              train: { ...epoch.train, objectives: { adversary: 1.6 * 30 ** epoch.epoch } },
            })),
          }
        : run,
    );
    expect(first({ ...whole, runs })).toBe(
      'The objective adversary of “correlation, auxiliary clips” explodes, up to 4.3e+4 (seed 3): its numbers mean little.',
    );
  });

  it('names beta where its term dwarfs the cross-entropy in the first epoch', () => {
    const weighted = (beta: number) => {
      const methods = whole.methods.map((method) => ({
        ...method,
        objectives: method.objectives.map((one) => ({ ...one, weight: { beta, of: 'penalty' } })),
      }));
      const runs = whole.runs.map((run) => ({
        ...run,
        epochs: run.epochs.map((epoch) => ({
          ...epoch,
          train: { ...epoch.train, crossEntropy: 2, objectives: { penalty: 0.5 } },
        })),
      }));
      return first({ ...whole, methods, runs });
    };
    expect(weighted(1e30)).toMatch(
      /^The weighted penalty of “.*” is up to 2\.5e\+29 times the cross-entropy in the first epoch \(.*\): its beta, 1e\+30, is the probable cause of what is not learned/,
    );
    expect(weighted(10)).not.toContain('beta');
  });

  it('names features that are the same everywhere', () => {
    const samples = whole.samples.map((sample) => ({
      ...sample,
      spectrogram: { ...sample.spectrogram, values: sample.spectrogram.values.map(() => 0) },
    }));
    expect(first({ ...whole, samples })).toContain('The features are the same number everywhere');
  });

  it('is not seen where there is none', () => {
    expect(first(whole)).toContain('The speaker is less readable');
  });
});
