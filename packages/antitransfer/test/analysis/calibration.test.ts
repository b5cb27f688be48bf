import { describe, expect, it } from 'vitest';
import { brierScore, confidenceBins, expectedCalibrationError } from '../../src/analysis/calibration.js';
import { argmax } from '../../src/numbers/argmax.js';

const classes = ['a', 'b', 'c'];
const truths = [...'aabaacccbacbcbabbbbaaccb'];
const probabilities = [
  ...[
    [0.329, 0.58, 0.091],
    [0, 0.872, 0.128],
    [0.019, 0.057, 0.924],
    [0.883, 0.101, 0.016],
  ],
  ...[
    [0.137, 0.727, 0.136],
    [0.484, 0.514, 0.002],
    [0.02, 0.531, 0.449],
    [0.308, 0.147, 0.545],
  ],
  ...[
    [0.646, 0.073, 0.281],
    [0.433, 0.516, 0.051],
    [0.469, 0.128, 0.403],
    [0.073, 0.3, 0.627],
  ],
  ...[
    [0.454, 0.014, 0.532],
    [0.085, 0.67, 0.245],
    [0.542, 0.147, 0.311],
    [0.041, 0.594, 0.365],
  ],
  ...[
    [0.15, 0.549, 0.301],
    [0.426, 0.024, 0.55],
    [0.543, 0.357, 0.1],
    [0.239, 0.222, 0.539],
  ],
  ...[
    [0.169, 0.36, 0.471],
    [0.46, 0.125, 0.415],
    [0.068, 0.651, 0.281],
    [0.182, 0.762, 0.056],
  ],
];
const answers = truths.map((truth, clip) => ({
  truth,
  predicted: classes[argmax(probabilities[clip]!)]!,
  probabilities: probabilities[clip]!,
}));
const sure = (confidence: number, right: boolean) => ({
  truth: right ? 'a' : 'b',
  predicted: 'a',
  probabilities: [confidence, 1 - confidence, 0],
});

describe('Brier score', () => {
  it('is that of scikit-learn 1.9, brier_score_loss with scale_by_half=False', () => {
    expect(brierScore(answers, classes)).toBeCloseTo(0.7804765833333333, 12);
  });

  it('is 0 for certain truth and 2 for certain error', () => {
    expect(brierScore([sure(1, true)], classes)).toBe(0);
    expect(brierScore([sure(1, false)], classes)).toBe(2);
    expect(() => brierScore([], classes)).toThrow('no answers');
  });
});

describe('expected calibration error', () => {
  it('is that of numpy, by edges linspace(0, 1, 16), each bin without its lower edge', () => {
    expect(expectedCalibrationError(answers)).toBeCloseTo(0.298875, 12);
  });

  it('is 0 where as many are right as confidence says, whatever the confidence', () => {
    const believed = [
      ...Array.from({ length: 10 }, (_, i) => sure(0.9, i < 9)),
      ...Array.from({ length: 4 }, (_, i) => sure(0.5, i < 2)),
    ];
    expect(expectedCalibrationError(believed)).toBeCloseTo(0, 12);
    const overconfident = Array.from({ length: 10 }, (_, i) => sure(0.99, i < 7));
    expect(expectedCalibrationError(overconfident)).toBeCloseTo(0.29, 12);
  });

  it('takes probabilities that single precision put a little above 1', () => {
    const [bin] = confidenceBins([sure(1 + 1e-5, true)]);
    expect(bin).toMatchObject({ low: 14 / 15, high: 1, count: 1, accuracy: 1 });
    expect(() => expectedCalibrationError([])).toThrow('no answers');
  });

  it('has bins with their upper edge, and none without an answer', () => {
    const bins = confidenceBins([sure(0.5, true), sure(0.50001, false), sure(0.9, true)], 4);
    expect(bins.map(({ low, count, accuracy }) => [low, count, accuracy])).toEqual([
      [0.25, 1, 1],
      [0.5, 1, 0],
      [0.75, 1, 1],
    ]);
  });
});
