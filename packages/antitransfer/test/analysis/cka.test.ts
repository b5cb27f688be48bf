import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { linearCka } from '../../src/analysis/cka.js';
import { wave } from './wave.js';

const normal = (n: number, features: number, random: Random) =>
  Array.from({ length: n }, () => Float32Array.from({ length: features }, () => random.normal()));

/** Turns features i and j by an angle. */
const rotated = (vectors: readonly (readonly number[])[], i: number, j: number, angle: number) =>
  vectors.map((vector) => {
    const turned = [...vector];
    turned[i] = Math.cos(angle) * vector[i]! - Math.sin(angle) * vector[j]!;
    turned[j] = Math.sin(angle) * vector[i]! + Math.cos(angle) * vector[j]!;
    return turned;
  });

describe('linearCka', () => {
  // numpy 2.4: trace(HKH HLH) / sqrt(...) with explicit kernels, and the unbiased HSIC of Song et al. with theirs.
  it.each([
    [40, 3, 4, 0.3079695151258394, 0.24516227982261435],
    [12, 3, 5, 0.6262427002018591, 0.5718375056365533],
    [8, 20, 30, 0.8997003422996852, 0.6723267310595212],
    [6, 40, 2, 0.539127216221781, 0.6005109740819498],
  ])('equals numpy for %i clips with %i and %i features', (n, p, q, plain, debiased) => {
    const x = wave(n, p, 0.5, 0.37);
    const y = wave(n, q, 1.1, 0.23).map((row, i) => row.map((value) => value + 0.5 * x[i]![0]!));
    expect(linearCka(x, y)).toBeCloseTo(plain, 12);
    expect(linearCka(y, x)).toBeCloseTo(plain, 12);
    expect(linearCka(x, y, { debiased: true })).toBeCloseTo(debiased, 12);
  });

  it.each([false, true])(
    'is 1 for itself, and does not see rotation, order, scale or offset (debiased %s)',
    (debiased) => {
      const x = wave(20, 6, 0.5, 0.37);
      const y = wave(20, 9, 1.4, 0.61);
      const before = linearCka(x, y, { debiased });
      expect(linearCka(x, x, { debiased })).toBeCloseTo(1, 12);
      const changed = rotated(rotated(y, 0, 5, 0.7), 3, 8, 2.1).map((row) =>
        row.toReversed().map((v) => 100 - 3 * v),
      );
      expect(linearCka(x, changed, { debiased })).toBeCloseTo(before, 10);
      expect(linearCka(y, changed, { debiased })).toBeCloseTo(1, 10);
      expect(linearCka(x.toReversed(), y.toReversed(), { debiased })).toBeCloseTo(before, 12);
      expect(linearCka(x, y.toReversed(), { debiased })).not.toBeCloseTo(before, 2);
    },
  );

  it('is too high for few clips with many features, unless debiased', () => {
    const random = new Random(1);
    const [x, y] = [normal(20, 400, random), normal(20, 400, random)];
    expect(linearCka(x, y)).toBeGreaterThan(0.9);
    expect(Math.abs(linearCka(x, y, { debiased: true }))).toBeLessThan(0.15);
  });

  it('is 0 for a constant representation, though rounding moves it', () => {
    const x = wave(10, 3, 0.5, 0.37);
    const constant = x.map(() => [0.1, 0.2, 0.3]);
    expect(linearCka(x, constant)).toBe(0);
    expect(linearCka(constant, constant)).toBe(0);
    expect(
      linearCka(
        x,
        x.map(() => [0, 0]),
        { debiased: true },
      ),
    ).toBe(0);
  });

  it('refuses what is no number: its answer would be none either', () => {
    const x = wave(10, 3, 0.5, 0.37);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const y = [...x.slice(1), [0, wrong, 0]];
      expect(() => linearCka(x, y)).toThrow(`Feature 1 of vector 9 is ${wrong}; CKA needs finite numbers.`);
      expect(() => linearCka(y, x)).toThrow(RangeError);
    }
  });

  it('refuses other clips', () => {
    expect(() => linearCka(wave(4, 2, 1, 1), wave(5, 2, 1, 1))).toThrow('got 4 and 5');
    expect(() => linearCka(wave(3, 2, 1, 1), wave(3, 2, 1, 1), { debiased: true })).toThrow('4 or more');
    expect(() => linearCka([[1, 2], [3]], [[1], [2]])).toThrow('Vector 1 has 1 features, the first has 2.');
  });
});
