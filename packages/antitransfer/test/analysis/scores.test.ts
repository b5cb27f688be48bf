import { describe, expect, it } from 'vitest';
import {
  accuracyByGroup,
  accuracyOf,
  balancedAccuracy,
  confusionMatrix,
  crossEntropy,
  macroF1,
  macroPrecision,
  testScores,
} from '../../src/analysis/scores.js';
import type { Prediction } from '../../src/answers/results.js';

// Expected numbers are scikit-learn 1.9's: accuracy_score, f1_score(average='macro', zero_division=0),
// balanced_accuracy_score, confusion_matrix, log_loss.
const truths = [...'abbcccadba'];
const answers = [...'abccacbeba'];
const predictions: Prediction[] = truths.map((truth, index) => ({
  clip: `clip ${index}`,
  truth,
  predicted: answers[index]!,
  orthogonal: { speaker: index < 4 ? 'ann' : index < 6 ? 'bob' : 'cy' },
  probabilities: [0.2, 0.2, 0.2, 0.2, 0.2],
}));
const classes = ['a', 'b', 'c', 'd', 'e'];

describe('scores', () => {
  it('accuracy', () => {
    expect(accuracyOf(predictions)).toBeCloseTo(0.6, 12);
    expect(() => accuracyOf([])).toThrow('There are no predictions');
  });

  it('confusion matrix: rows are truths', () => {
    expect(confusionMatrix(predictions, classes)).toEqual([
      [2, 1, 0, 0, 0],
      [0, 2, 1, 0, 0],
      [1, 0, 2, 0, 0],
      [0, 0, 0, 0, 1],
      [0, 0, 0, 0, 0],
    ]);
    expect(() => confusionMatrix(predictions, ['a', 'b', 'c', 'd'])).toThrow(
      '"e" is not among the classes a, b, c, d',
    );
  });

  it('macro-F1 counts classes that are only predicted or only true as 0, and leaves out the others', () => {
    expect(macroF1(predictions)).toBeCloseTo(0.4, 12);
    expect(macroF1([{ truth: 'a', predicted: 'a' }])).toBe(1);
    expect(macroF1([{ truth: 'a', predicted: 'b' }])).toBe(0);
  });

  it('macro-precision counts a class that is never named as 0, and leaves out the others', () => {
    // precision_score(truths, answers, average='macro', zero_division=0): (2/3 + 2/3 + 2/3 + 0 + 0) / 5
    expect(macroPrecision(predictions)).toBeCloseTo(0.4, 12);
    expect(macroPrecision([...'ab'].map((truth) => ({ truth, predicted: 'a' })))).toBe(0.25);
    expect(() => macroPrecision([])).toThrow('There are no predictions');
  });

  it('balanced accuracy is the mean recall of the classes that there are', () => {
    expect(balancedAccuracy(predictions)).toBeCloseTo(0.5, 12);
    // Nine of ten clips are of one class, and it is all that is ever said.
    const lopsided = [...'aaaaaaaaab'].map((truth) => ({ truth, predicted: 'a' }));
    expect(accuracyOf(lopsided)).toBeCloseTo(0.9, 12);
    expect(balancedAccuracy(lopsided)).toBe(0.5);
    expect(() => balancedAccuracy([])).toThrow('There are no predictions');
  });

  it('cross-entropy, with a floor for impossible answers', () => {
    const rows = [
      ['x', [0.7, 0.2, 0.1]],
      ['y', [0.1, 0.8, 0.1]],
      ['x', [0.25, 0.25, 0.5]],
      ['z', [0, 1, 0]],
    ] as const;
    const probable = rows.map(([truth, probabilities]) => ({ truth, probabilities }));
    expect(crossEntropy(probable, ['x', 'y', 'z'])).toBeCloseTo(9.502441561372496, 10);
  });

  it('accuracy by group and the largest gap', () => {
    const { groups, largestGap } = accuracyByGroup(predictions, ({ orthogonal }) => orthogonal.speaker ?? '');
    expect(groups).toEqual([
      { group: 'ann', accuracy: 0.75, count: 4 },
      { group: 'bob', accuracy: 0.5, count: 2 },
      { group: 'cy', accuracy: 0.5, count: 4 },
    ]);
    expect(largestGap).toBe(0.25);
  });

  it('all of a test', () => {
    expect(testScores(predictions, classes)).toEqual({
      accuracy: 0.6,
      macroF1: expect.closeTo(0.4, 12),
      macroPrecision: expect.closeTo(0.4, 12),
      balancedAccuracy: expect.closeTo(0.5, 12),
      crossEntropy: expect.closeTo(Math.log(5), 12),
      calibrationError: expect.closeTo(0.6 - 0.2, 12),
      brierScore: expect.closeTo(4 * 0.2 ** 2 + 0.8 ** 2, 12),
      contradicting: undefined,
    });
    const contradicting = new Set(['clip 0', 'clip 2', 'clip 3']);
    expect(testScores(predictions, classes, contradicting).contradicting).toEqual({
      accuracy: expect.closeTo(2 / 3, 12),
      count: 3,
    });
  });

  it.each([Number.NaN, -0.1, 1.5, Number.POSITIVE_INFINITY])(
    'no cross-entropy of a probability %d',
    (wrong) => {
      const answer = { truth: 'b', probabilities: [0.5, wrong] };
      expect(() => crossEntropy([answer], ['a', 'b'])).toThrow(`The probability of "b" is ${wrong}`);
    },
  );
});
