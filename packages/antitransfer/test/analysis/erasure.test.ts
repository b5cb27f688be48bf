import { Matrix, pseudoInverse } from 'ml-matrix';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { type Erasure, leastSquaresErasure, nullSpaceErasure } from '../../src/analysis/erasure.js';
import { probe } from '../../src/analysis/probe.js';

/** Correlated features of `n` clips, some of which tell the label, one of which never changes. */
function labelled(n: number, classes: number, seed = 1) {
  const random = new Random(seed);
  const labels = Array.from({ length: n }, (_, i) => i % classes);
  const vectors = labels.map((label) => {
    const common = random.normal();
    return Float32Array.from({ length: 9 }, (_, i) =>
      i === 8 ? 5 : random.normal() + common * (i % 3) + (i === label ? 4 : 0),
    );
  });
  return { vectors, labels };
}

function erased({ removed, mean }: Erasure, vectors: readonly Float32Array[]): Float32Array[] {
  return vectors.map((vector) =>
    Float32Array.from(vector, (value, i) => {
      let taken = 0;
      for (let j = 0; j < vector.length; j++) taken += removed[i]![j]! * (vector[j]! - mean[j]!);
      return value - taken;
    }),
  );
}

const read = (vectors: readonly Float32Array[], labels: readonly number[]) =>
  probe(vectors, labels.map(String), { random: new Random(3) });

function covariances(vectors: readonly Float32Array[], labels: readonly number[], classes: number) {
  const x = new Matrix(vectors.map((row) => Array.from(row))).center('column');
  const z = new Matrix(
    labels.map((label) => Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0))),
  );
  const n = vectors.length;
  return {
    xx: x
      .transpose()
      .mmul(x)
      .mul(1 / n),
    xz: x
      .transpose()
      .mmul(z.center('column'))
      .mul(1 / n),
  };
}

describe('least-squares erasure', () => {
  const { vectors, labels } = labelled(240, 3);
  const erasure = leastSquaresErasure(vectors, labels, 3);

  it('is the oblique projection of the paper, by another formula', () => {
    const { xx, xz } = covariances(vectors, labels, 3);
    const precision = pseudoInverse(xx);
    // Sigma_xz (Sigma_xz' Sigma_xx^+ Sigma_xz)^+ Sigma_xz' Sigma_xx^+
    const inner = pseudoInverse(xz.transpose().mmul(precision).mmul(xz));
    const expected = xz.mmul(inner).mmul(xz.transpose()).mmul(precision).to2DArray();
    for (const [i, row] of erasure.removed.entries())
      for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i]![j]!, 6);
    expect(erasure.rank).toBe(2);
  });

  it('leaves no covariance with the label, and nothing for a linear probe; the mean stays', () => {
    const after = erased(erasure, vectors);
    for (const value of covariances(after, labels, 3).xz.to1DArray())
      expect(Math.abs(value)).toBeLessThan(1e-6);
    expect(read(vectors, labels).accuracy).toBeGreaterThan(0.9);
    expect(read(after, labels).accuracy).toBeLessThan(0.42);
    const mean = (rows: readonly Float32Array[], i: number) =>
      rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length;
    for (let i = 0; i < 9; i++) expect(mean(after, i)).toBeCloseTo(mean(vectors, i), 4);
  });

  it('takes nothing out where there is nothing to read, and refuses what has no labels', () => {
    const constant = vectors.map(() => new Float32Array(4).fill(2));
    expect(leastSquaresErasure(constant, labels, 3)).toMatchObject({ rank: 0 });
    expect(() => leastSquaresErasure(vectors, [1], 3)).toThrow(/two vectors or more with a label each/);
  });
});

describe('null-space erasure', () => {
  const { vectors, labels } = labelled(240, 3);

  it('projects away what classifiers read, until none reads more', () => {
    const erasure = nullSpaceErasure(vectors, labels, 3, new Random(1), 10);
    expect(erasure.rank).toBeGreaterThanOrEqual(2);
    expect(erasure.rank).toBeLessThan(9);
    const matrix = new Matrix(erasure.removed.map((row) => Array.from(row)));
    const difference = Matrix.sub(matrix.mmul(matrix), matrix).to1DArray();
    for (const value of difference) expect(Math.abs(value)).toBeLessThan(1e-9);
    expect(read(erased(erasure, vectors), labels).accuracy).toBeLessThan(0.45);
  });

  it('stops after as many classifiers as it may', () => {
    expect(nullSpaceErasure(vectors, labels, 3, new Random(1), 1).rank).toBeLessThanOrEqual(3);
  });
});
