import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { minimise } from '../../src/analysis/lbfgs.js';
import {
  classify,
  fitLogisticRegression,
  logLoss,
  standardiser,
} from '../../src/analysis/logistic-regression.js';
import { probe } from '../../src/analysis/probe.js';
import { wave } from './wave.js';

/** Representations of `n` clips whose label moves the mean of its own feature. */
function clusters(n: number, features: number, classes: number, distance: number, seed = 1) {
  const random = new Random(seed);
  const codes = Array.from({ length: n }, (_, index) => index % classes);
  const vectors = codes.map((code) =>
    Float32Array.from({ length: features }, (_, i) => random.normal() + (i === code ? distance : 0)),
  );
  return { vectors, labels: codes.map((code) => `speaker ${code}`) };
}

describe('minimise', () => {
  it('finds the minimum of a badly scaled quadratic function', () => {
    const scales = [1, 10, 100, 1000];
    const minimum = [3, -2, 0.5, 7];
    const found = minimise(
      (point, gradient) => {
        let value = 0;
        for (const [i, scale] of scales.entries()) {
          const distance = point[i]! - minimum[i]!;
          gradient[i] = scale * distance;
          value += (scale / 2) * distance ** 2;
        }
        return value;
      },
      new Float64Array(4),
      { tolerance: 1e-9 },
    );
    for (const [i, coordinate] of minimum.entries()) expect(found[i]).toBeCloseTo(coordinate, 8);
  });
});

describe('fitLogisticRegression', () => {
  // scikit-learn 1.9, LogisticRegression(C=1/(30 l2), solver='newton-cg', tol=1e-12).
  const rows = [
    {
      l2: 1,
      weights: [
        [0.0246985, -0.01375544, -0.01148536, 0.01787289, -0.77830323],
        [-0.14818933, 0.06096469, -0.0950582, 0.04822596, 0.31106009],
        [0.12349083, -0.04720925, 0.10654356, -0.06609886, 0.46724314],
      ],
      loss: 0.9115379996073439,
      predicted: '222222211222122222222211122222',
    },
    {
      l2: 0.01,
      weights: [
        [0.05049891, 0.17890141, -0.26266105, 0.39664322, -0.48764613],
        [-1.31627123, 0.72956108, -1.06966748, 0.45291939, 0.34059239],
        [1.26577232, -0.9084625, 1.33232853, -0.8495626, 0.14705374],
      ],
      loss: 0.6334648739455162,
      predicted: '222122111121112222222211122122',
    },
  ];
  const vectors = wave(30, 4, 0.7, 0.41);
  const labels = [...'222122111121010202122111122022'].map(Number);

  it.each(rows)('equals scikit-learn with L2 $l2', ({ l2, weights, loss, predicted }) => {
    const model = fitLogisticRegression(vectors, labels, 3, { l2, tolerance: 1e-9 });
    for (const [i, weight] of weights.flat().entries()) expect(model.weights[i]).toBeCloseTo(weight, 5);
    expect(logLoss(model, vectors, labels)).toBeCloseTo(loss, 7);
    expect(classify(model, vectors).join('')).toBe(predicted);
  });

  it('comes to the same weights from elsewhere', () => {
    const elsewhere = fitLogisticRegression(vectors, labels, 3, { l2: 1 });
    const model = fitLogisticRegression(vectors, labels, 3, { l2: 0.01, tolerance: 1e-9, start: elsewhere });
    for (const [i, weight] of rows[1]!.weights.flat().entries())
      expect(model.weights[i]).toBeCloseTo(weight, 5);
  });
});

describe('standardiser', () => {
  it('gives features mean 0 and deviation 1, and silences a constant one', () => {
    const vectors = wave(50, 3, 0.7, 0.41).map((row) => [...row.map((value) => 1000 * value + 5), 0.1]);
    const standard = vectors.map(standardiser(vectors));
    for (let feature = 0; feature < 3; feature++) {
      const column = standard.map((row) => row[feature]!);
      expect(column.reduce((sum, value) => sum + value, 0) / 50).toBeCloseTo(0, 10);
      expect(column.reduce((sum, value) => sum + value ** 2, 0) / 50).toBeCloseTo(1, 10);
    }
    expect(standard.map((row) => Math.abs(row[3]!))).toEqual(new Array(50).fill(0));
  });
});

describe('probe', () => {
  const random = new Random(1);

  it('reads what can be separated', () => {
    const { vectors, labels } = clusters(300, 16, 6, 8);
    const result = probe(vectors, labels, { random });
    expect(result.accuracy).toBeGreaterThan(0.99);
    expect(result.chance).toBeCloseTo(1 / 6, 10);
  });

  it.each([1, 2, 3])('reads random labels at chance (seed %i)', (seed) => {
    const { vectors } = clusters(600, 32, 6, 0, seed);
    const draw = new Random(100 + seed);
    const labels = vectors.map(() => String(draw.integer(0, 5)));
    const { accuracy, chance } = probe(vectors, labels, { random });
    // Three standard errors of a binomial share.
    expect(Math.abs(accuracy - 1 / 6)).toBeLessThan(3 * Math.sqrt(((1 / 6) * (5 / 6)) / 600));
    expect(chance).toBeGreaterThanOrEqual(1 / 6);
  });

  it('takes the most frequent label as chance', () => {
    const { vectors } = clusters(100, 4, 2, 0);
    const labels = vectors.map((_, index) => (index < 70 ? 'a' : 'b'));
    expect(probe(vectors, labels, { random }).chance).toBeCloseTo(0.7, 12);
  });

  it('does not take recognising a recording for reading its label', () => {
    // Four vectors of each of 60 recordings, alike but for a little noise; the label is random by recording.
    const draw = new Random(5);
    const recordings = Array.from({ length: 60 }, () => ({
      place: Array.from({ length: 64 }, () => draw.normal()),
      label: String(draw.integer(0, 1)),
    }));
    const all = recordings.flatMap(({ place, label }, index) =>
      Array.from({ length: 4 }, () => ({
        vector: place.map((value) => value + 0.01 * draw.normal()),
        label,
        group: String(index),
      })),
    );
    const vectors = all.map(({ vector }) => vector);
    const labels = all.map(({ label }) => label);
    const leaking = probe(vectors, labels, { random }).accuracy;
    const grouped = probe(vectors, labels, { random, groups: all.map(({ group }) => group) }).accuracy;
    expect(leaking).toBeGreaterThan(0.9);
    expect(grouped).toBeLessThan(0.65);
  });

  it('is the same for the same seed and leaves the stream alone', () => {
    const { vectors, labels } = clusters(200, 12, 4, 1);
    const before = random.state();
    const first = probe(vectors, labels, { random });
    expect(probe(vectors, labels, { random })).toEqual(first);
    expect(random.state()).toEqual(before);
  });

  it.each([0, 1, 2])(
    'takes less than a second of the processor for 500 x 64 with 6 classes (distance %i)',
    (distance) => {
      const { vectors, labels } = clusters(500, 64, 6, distance);
      const start = process.cpuUsage();
      probe(vectors, labels, { random });
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6).toBeLessThan(1);
    },
  );

  it('says what it cannot do', () => {
    const { vectors, labels } = clusters(20, 3, 2, 1);
    expect(() =>
      probe(
        vectors,
        labels.map(() => 'a'),
        { random },
      ),
    ).toThrow('got 1 labels (a)');
    expect(() => probe(vectors, labels, { random, groups: labels.map(() => 'g') })).toThrow('1 groups');
    expect(() => probe(vectors, labels.slice(1), { random })).toThrow('20 vectors, 19 labels');
    vectors[7]![2] = Number.NaN;
    expect(() => probe(vectors, labels, { random })).toThrow('Feature 2 of vector 7 is NaN');
  });
});

it('nothing is minimised from where a function is no number', () => {
  expect(() => minimise(() => Number.NaN, new Float64Array(2))).toThrow('is NaN at its start');
});
