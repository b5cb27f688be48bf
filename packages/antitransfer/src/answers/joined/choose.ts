import type { ValidationKind } from '../../data/splits/validation-clips.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { mean } from '../../numbers/mean.js';
import { PairedRuns } from '../pairs.js';
import type { RunResult } from '../results.js';
import { selectionOf } from '../selection.js';
import type { NamedResults } from './join.js';
import { looksOfMethod } from './looks.js';

/** A method of a comparison, and how well it does. */
export interface Candidate {
  readonly comparison: string;
  readonly method: string;
  readonly label: string;
  /** Mean accuracy over seeds and folds, on validation clips at the chosen epochs. */
  readonly validation: number;
  /** The same on test clips. */
  readonly test: number;
}

/** Which method of many comparisons is the one to take. */
export interface Choice {
  /** The best on validation clips: a fair choice, whose test accuracy may be reported. */
  readonly chosen: Candidate;
  /** The best on test clips: what a choice by the test would claim. */
  readonly bestOnTest: Candidate;
  /** What the validation clips are by which it is chosen; undefined where that is not known. */
  readonly validation: ValidationKind | undefined;
  /** Of how many. */
  readonly candidates: number;
}

/**
 * Chooses among the methods of comparisons by their validation clips, never by the test; controls, and what learned from these
 * clips, do not take part. Undefined where there is no one question: other data, another target or split, or fewer than
 * two candidates.
 */
export function chooseByValidation(all: readonly NamedResults[]): Choice | undefined {
  const questions = new Set(
    all.map(({ results: { config } }) => canonicalJson([config.data, config.target, config.split])),
  );
  // Comparisons that share a training have one candidate of it.
  const candidates =
    questions.size === 1
      ? [...groupBy(all.flatMap(candidatesOf), ({ trained }) => trained).values()].map((same) =>
          itemAt(same, 0),
        )
      : [];
  const [chosen] = candidates.toSorted((a, b) => b.validation - a.validation);
  const [first] = all;
  // Of several that are equally good there, the chosen one: no choice would claim more than it.
  const [bestOnTest] = candidates.toSorted(
    (a, b) => b.test - a.test || Number(b === chosen) - Number(a === chosen),
  );
  if (first === undefined || chosen === undefined || bestOnTest === undefined || candidates.length < 2)
    return undefined;
  const { validation } = selectionOf(first.results);
  return { chosen, bestOnTest, validation, candidates: candidates.length };
}

interface FoundCandidate extends Candidate {
  /** Equal where the trainings are the same. */
  readonly trained: string;
}

function candidatesOf({ name, results }: NamedResults): FoundCandidate[] {
  const paired = new PairedRuns(results);
  return results.methods.flatMap((method): FoundCandidate[] => {
    const { id, label, control } = method;
    const runs = paired.of(id);
    const validated = runs.flatMap((run) => validationOf(run) ?? []);
    const isComplete = runs.length === results.repetitions.done && validated.length === runs.length;
    if (control || runs.length === 0 || !isComplete || looksOfMethod(method, results).validation === 'learns')
      return [];
    return [
      {
        comparison: name,
        method: id,
        label,
        validation: mean(validated),
        test: mean(runs.map(({ test }) => test.accuracy)),
        trained: canonicalJson([
          id,
          runs.map(({ seed, fold, epochs }) => [seed, fold, epochs.map(lossesOf)]),
        ]),
      },
    ];
  });
}

/** Of two trainings these are never equal to the last bit. */
function lossesOf({ train, validation }: RunResult['epochs'][number]): (number | null)[] {
  const { crossEntropy } = validation;
  return [train.crossEntropy, Number.isFinite(crossEntropy) ? crossEntropy : null];
}

function validationOf({ bestEpoch, epochs }: RunResult): number | undefined {
  const accuracy = epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.accuracy;
  return accuracy !== undefined && Number.isFinite(accuracy) ? accuracy : undefined;
}
