import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { clipCount, clipsInput, pairCounts, partBeyondChance } from './beyond-chance.js';
import type { ObjectiveParts } from './definition.js';
import { frozenStatement } from './frozen-statement.js';
import type { FrozenAnswer, Objective, StepGraph } from './objective.js';

/** Whether beta is shrunk where nothing is confounded. */
export const shrinkageSetting = {
  shrinkage: z
    .boolean()
    .default(false)
    .describe(
      "Multiplies beta by the part of what the target's classes have to do with the frozen network's answers about the training clips that is beyond chance (Pearson's chi-squared at p = .001): where nothing is confounded, training stays as it is",
    ),
};

/** What an objective needs whose beta may be shrunk. */
export interface Shrinkage {
  /** Joined to what the objective asks and is fed itself. */
  readonly about: { readonly frozen: readonly FrozenAnswer[]; readonly feeds: Pick<Objective, 'clipFeeds'> };
  /** What is multiplied by beta. */
  shrunk(step: StepGraph, beta: Value): Value;
}

/** Shrinks beta by what the frozen network answers about the target's own clips, if asked to. */
export function shrinkageOf(
  { shrinkage }: { readonly shrinkage: boolean },
  { frozen, tap, task }: Pick<ObjectiveParts, 'frozen' | 'tap' | 'task'>,
): Shrinkage {
  if (!shrinkage) return { about: { frozen: [], feeds: {} }, shrunk: (_step, beta) => beta };
  const batch = frozenStatement({
    what: 'answers',
    frozen,
    tap: tap.name,
    position: tap.position,
    clips: 'batch',
    shuffled: false,
  });
  const answer = { ...batch, key: 'answers about the batch' };
  return {
    about: { frozen: [answer], feeds: { clipFeeds: clipCount } },
    shrunk: (step, beta) => {
      const counts = pairCounts(step, step.frozen(answer.key), task.classes);
      return expressions.mul(beta, partBeyondChance(counts, clipsInput(step)));
    },
  };
}
