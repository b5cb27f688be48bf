import type { PlateauSchedule } from './schedule.js';

/** What a plateau schedule knows of what was reported; plain data, part of snapshots. */
export interface PlateauState {
  /** Of the learning rate. */
  readonly factor: number;
  /** The best value reported; none before the first. */
  readonly best?: number;
  /** Reports since the best, or since the rate fell. */
  readonly worse: number;
  /** Reports that are still not counted. */
  readonly resting: number;
}

export const plateauAtStart: PlateauState = { factor: 1, worse: 0, resting: 0 };

/** Whether it is what a plateau schedule keeps. */
export function isPlateauState(value: unknown): value is PlateauState {
  const { factor, best, worse, resting } = Object(value);
  const counts = [worse, resting].every((count) => Number.isSafeInteger(count) && count >= 0);
  return counts && Number.isFinite(factor) && (best === undefined || Number.isFinite(best));
}

/** What a report changes, by the rule of PyTorch's `ReduceLROnPlateau` with a relative threshold. */
export function afterReport(
  { factor = 0.1, patience = 10, threshold = 1e-4, rest = 0, final = 0, better = 'lower' }: PlateauSchedule,
  state: PlateauState,
  value: number,
): PlateauState {
  const due =
    state.best === undefined ? undefined : state.best * (better === 'lower' ? 1 - threshold : 1 + threshold);
  const isBest =
    Number.isFinite(value) && (due === undefined || (better === 'lower' ? value < due : value > due));
  const best = isBest ? { best: value } : state.best === undefined ? {} : { best: state.best };
  const rests = state.resting > 0;
  const worse = isBest || rests ? 0 : state.worse + 1;
  const resting = rests ? state.resting - 1 : 0;
  if (worse <= patience) return { factor: state.factor, ...best, worse, resting };
  return { factor: Math.max(state.factor * factor, final), ...best, worse: 0, resting: rest };
}
