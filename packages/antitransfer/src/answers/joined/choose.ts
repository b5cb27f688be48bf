import type { ValidationKind } from '../../data/splits/validation-clips.js';
import { canonicalJson } from '../../files/canonical-json.js';
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
  const candidates = questions.size === 1 ? all.flatMap(candidatesOf) : [];
  const [chosen] = candidates.toSorted((a, b) => b.validation - a.validation);
  const [first] = all;
  const [bestOnTest] = candidates.toSorted((a, b) => b.test - a.test);
  if (first === undefined || chosen === undefined || bestOnTest === undefined || candidates.length < 2)
    return undefined;
  const { validation } = selectionOf(first.results);
  return { chosen, bestOnTest, validation, candidates: candidates.length };
}

function candidatesOf({ name, results }: NamedResults): Candidate[] {
  const paired = new PairedRuns(results);
  return results.methods.flatMap((method): Candidate[] => {
    const { id, label, control } = method;
    const runs = paired.of(id);
    const validated = runs.flatMap((run) => validationOf(run) ?? []);
    const isComplete = runs.length === results.repetitions.done && validated.length === runs.length;
    if (control || runs.length === 0 || !isComplete || looksOfMethod(method).validation === 'learns')
      return [];
    return [
      {
        comparison: name,
        method: id,
        label,
        validation: mean(validated),
        test: mean(runs.map(({ test }) => test.accuracy)),
      },
    ];
  });
}

function validationOf({ bestEpoch, epochs }: RunResult): number | undefined {
  const accuracy = epochs.find(({ epoch }) => epoch === bestEpoch)?.validation.accuracy;
  return accuracy !== undefined && Number.isFinite(accuracy) ? accuracy : undefined;
}
