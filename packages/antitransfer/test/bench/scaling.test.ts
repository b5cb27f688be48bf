import { describe, expect, it } from 'vitest';
import { fitPowerLaw, scalingChart } from '../../src/bench/scaling.js';

const law = (exponent: number, noise: readonly number[] = [0, 0, 0, 0]) =>
  [1, 2, 4, 8].map((size, i) => ({
    size,
    milliseconds: 3 * size ** exponent * Math.exp(noise[i] as number),
  }));

describe('a power law', () => {
  it.each([1, 2, -1, 0.5])('of the exponent %d is found again', (exponent) => {
    const found = fitPowerLaw(law(exponent));
    expect(found.exponent).toBeCloseTo(exponent, 10);
    expect(found.scale).toBeCloseTo(3, 10);
    expect(found.standardError).toBeCloseTo(0, 6);
  });

  it('has the standard error of a linear regression', () => {
    // numpy.polyfit(numpy.log([1, 2, 4, 8]), numpy.log(times), 1, cov='unscaled'), scaled by the residuals by hand:
    // noise 0.1 (1, -1, -1, 1) leaves the slope and is its own residual; error^2 = (0.04 / 2) / (5 log(2)^2).
    const found = fitPowerLaw(law(1, [0.1, -0.1, -0.1, 0.1]));
    expect(found.exponent).toBeCloseTo(1, 10);
    expect(found.standardError).toBeCloseTo(Math.sqrt(0.02 / 5) / Math.log(2), 10);
  });

  it('has no standard error from two points', () => {
    const { exponent, standardError } = fitPowerLaw(law(1).slice(0, 2));
    expect(exponent).toBeCloseTo(1, 10);
    expect(Number.isFinite(standardError)).toBe(false);
  });
});

it('the picture stands by itself and names every axis', () => {
  const svg = scalingChart({ batch: law(1), threads: law(-1).slice(0, 2) }, { batch: 2, threads: 1 });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg.match(/<circle /g)).toHaveLength(6);
  expect(svg).toMatch(/>batch<\/text>/);
  expect(svg).toMatch(/>threads<\/text>/);
  expect(svg).not.toMatch(/NaN|undefined|var\(/);
});
