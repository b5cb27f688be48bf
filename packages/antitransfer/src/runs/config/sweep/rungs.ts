import type { HalvingSettings } from './settings.js';

/** A rung of successive halving. */
export interface Rung {
  /** From 1. */
  readonly number: number;
  /** How many cells are trained, and how many of them go on. */
  readonly cells: number;
  readonly keeps: number;
  /** Repetitions or epochs that each has had at its end. */
  readonly amount: number;
}

/**
 * The rungs of successive halving (Jamieson and Talwalkar 2016): of n cells floor(n / factor) go on, to factor times as much. What
 * comes after the last of them is no rung: whoever is left is trained in full.
 *
 * @param whole repetitions or epochs of a cell that is trained in full
 */
export function rungsOf(
  cells: number,
  whole: number,
  { start, factor, keep }: Pick<HalvingSettings, 'start' | 'factor' | 'keep'>,
): Rung[] {
  const rungs: Rung[] = [];
  for (let left = cells, amount = start; left > keep && amount < whole; amount *= factor) {
    const keeps = Math.max(keep, Math.floor(left / factor));
    rungs.push({ number: rungs.length + 1, cells: left, keeps, amount });
    left = keeps;
  }
  return rungs;
}
