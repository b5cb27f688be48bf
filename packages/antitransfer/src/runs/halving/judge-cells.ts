import { UserError } from '../../errors.js';
import { mean } from '../../numbers/mean.js';
import type { Rung } from '../config/sweep/rungs.js';
import type { JobRecord } from '../store/records.js';
import { type Contest, judgedCells } from './contest.js';
import type { PlannedContestant } from './plan-rungs.js';

/** How well a cell does on validation clips, after a rung. */
export interface ValidationFigure {
  /** The method that was the best, by its id. */
  readonly method: string;
  /** Mean over the rung's repetitions at their chosen epochs, in [0, 1]. */
  readonly accuracy: number;
  /** The same of the cross-entropy, which tells equal accuracies apart. */
  readonly crossEntropy: number;
}

export interface JudgedCell {
  readonly cell: PlannedContestant;
  /** Undefined where every training by which it is judged diverged. */
  readonly figure: ValidationFigure | undefined;
}

/**
 * Cells of a contest by what they reached on validation clips, the best first; equal ones in the order of the file. Test clips
 * take no part.
 *
 * @param recordOf what a job left
 * @throws UserError when there are no validation clips
 */
export function judgeCells(
  contest: Contest,
  rung: Rung,
  active: readonly PlannedContestant[],
  recordOf: (id: string) => JobRecord | undefined,
): JudgedCell[] {
  return active
    .map((cell) => ({ cell, figure: figureOf(contest, rung, cell, recordOf) }))
    .sort(({ figure: a }, { figure: b }) => compare(a, b));
}

function figureOf(
  contest: Contest,
  rung: Rung,
  cell: PlannedContestant,
  recordOf: (id: string) => JobRecord | undefined,
): ValidationFigure | undefined {
  const judged = judgedCells(contest, rung, cell);
  const figures = [...new Set(judged.map(({ of }) => of))].flatMap((method) => {
    const records = judged.filter(({ of }) => of === method).map(({ job }) => recordOf(job));
    const chosen = records.flatMap((record) => {
      if (record?.kind !== 'target') return [];
      const found = record.epochs.find(({ epoch }) => epoch === record.bestEpoch)?.validation;
      if (found === undefined || !Number.isFinite(found.accuracy)) {
        throw new UserError(
          `${cell.name} has no validation clips: halving chooses by them. Take a split that has some, or leave halving out.`,
        );
      }
      return [found];
    });
    // One that diverged in a repetition is no method to take.
    if (chosen.length < records.length) return [];
    return [
      {
        method,
        accuracy: mean(chosen.map(({ accuracy }) => accuracy)),
        crossEntropy: mean(chosen.map(({ crossEntropy }) => crossEntropy)),
      },
    ];
  });
  return figures.sort(compare)[0];
}

/** The better one first; what has no figure comes last. */
function compare(a: ValidationFigure | undefined, b: ValidationFigure | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return b.accuracy - a.accuracy || a.crossEntropy - b.crossEntropy || 0;
}
