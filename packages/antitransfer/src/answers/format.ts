import type { PairedDifference, Spread } from '../analysis/statistics.js';
import type { Estimate } from './summary.js';

/** Stands where there is no number. */
const NO_NUMBER = '–';

/** A share as a percentage without its sign: 0.5853 is `58.5`. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? NO_NUMBER : (100 * share).toFixed(1);
}

/** Mean and deviation of shares, in percent: `58.5 ± 2.1`; the mean only for a single run. */
export function formatShares(shares: Spread | undefined): string {
  if (shares?.mean === undefined) return NO_NUMBER;
  return shares.deviation === undefined
    ? formatShare(shares.mean)
    : `${formatShare(shares.mean)} ± ${formatShare(shares.deviation)}`;
}

/** Mean and 95% interval of shares, in percent: `58.5 [56.1, 60.9]`; the mean only where there is no interval. */
export function formatShareEstimate(shares: Estimate | undefined): string {
  return formatEstimate(shares, formatShare);
}

/** The same of numbers in [0, 1] that are no percentages: `0.21 [0.18, 0.24]`. */
export function formatUnitEstimate(values: Estimate | undefined): string {
  return formatEstimate(values, formatUnit);
}

/** The same of numbers that may be above 1, such as a cross-entropy: `1.21 [1.18, 1.24]`. */
export function formatNumberEstimate(values: Estimate | undefined): string {
  return formatEstimate(values, formatUnit, Number.POSITIVE_INFINITY);
}

function formatEstimate(estimate: Estimate | undefined, format: (value: number) => string, most = 1): string {
  if (estimate === undefined) return NO_NUMBER;
  const { mean, interval } = estimate;
  if (interval === undefined) return format(mean);
  // Neither is below none, or more than all.
  const [low, high] = interval.map((bound) => format(Math.min(most, Math.max(0, bound))));
  return `${format(mean)} [${low}, ${high}]`;
}

/** A number in [0, 1] that is not a percentage, such as CKA: `0.21`. */
export function formatUnit(value: number | undefined): string {
  return value === undefined ? NO_NUMBER : value.toFixed(2);
}

/** Mean and deviation of such numbers: `0.21 ± 0.03`. */
export function formatUnits(values: Spread | undefined): string {
  if (values?.mean === undefined) return NO_NUMBER;
  return values.deviation === undefined
    ? formatUnit(values.mean)
    : `${formatUnit(values.mean)} ± ${formatUnit(values.deviation)}`;
}

/** A difference with its sign, a true minus, one decimal: `+16.0`, `−2.4`. */
export function formatPoints(points: number | undefined): string {
  if (points === undefined) return NO_NUMBER;
  const digits = Math.abs(points).toFixed(1);
  if (Number(digits) === 0) return digits;
  return `${points > 0 ? '+' : '−'}${digits}`;
}

/** An effect size with its sign, two digits: `+1.42`, `−0.30`. */
export function formatEffect(effect: number | undefined): string {
  if (effect === undefined) return NO_NUMBER;
  const digits = Math.abs(effect).toFixed(2);
  return Number(digits) === 0 ? digits : `${effect > 0 ? '+' : '−'}${digits}`;
}

/** A 95% confidence interval: `[+12.1, +19.9]`; empty without a test. */
export function formatInterval(difference: PairedDifference | undefined): string {
  return formatBounds(difference?.test?.interval);
}

/** The bounds of an interval of differences: `[+12.1, +19.9]`; empty without. */
export function formatBounds(interval: readonly [low: number, high: number] | undefined): string {
  return interval ? `[${formatPoints(interval[0])}, ${formatPoints(interval[1])}]` : '';
}

/** A p value to three decimals: `0.012`, `< 0.001`. */
export function formatP(p: number | undefined): string {
  if (p === undefined) return NO_NUMBER;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A large number to two digits: `450`, `3.2e+8`. */
export function formatLarge(value: number): string {
  return value < 10_000 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
}

/** A length of time: `45 s`, `3 min`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `p = 0.031` or `p < 0.001`, in which no line may break. */
export function equationOfP(p: number): string {
  const size = formatP(p);
  return `p ${size.startsWith('<') ? size : `= ${size}`}`.replaceAll(' ', '\u00a0');
}
