import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { clipsInput, liftOf, pairCounts, partBeyondChance } from './beyond-chance.js';
import { membership } from './groups.js';
import type { StepGraph } from './objective.js';

const { add, div, log, logSoftmax, matMul, maximum, mean, mul, neg, sub, sum, transpose } = expressions;

/** A class that comes with what is heard less often than this counts as coming so often: the correction stays finite. */
const rarest = 1e-6;

/** What is corrected for, and how far. */
export interface Correction {
  /** The objective's name, under which the corrected cross-entropy is measured. */
  readonly name: string;
  /** Classes of the orthogonal task. */
  readonly groups: number;
  /** Factor of the logarithm; 1 is what the counts ask for. */
  readonly strength: number;
  /** Corrects for what classes and what is heard have to do with each other beyond chance, and for nothing else. */
  readonly shrinkage: boolean;
}

/** The settings of a correction, and whether it shrinks where nothing is said of that. */
export function correctionSettings({ shrinkage }: Pick<Correction, 'shrinkage'>) {
  return {
    strength: z
      .number()
      .min(0)
      .default(1)
      .describe('Factor of what is added; 1 is what the counts ask for, 0 nothing'),
    shrinkage: z
      .boolean()
      .default(shrinkage)
      .describe(
        'Corrects for how much more often than at all a class comes with what is heard, as far as that is beyond chance ' +
          "(Pearson's chi-squared above its quantile of .999); where it is not, training stays as it is",
      ),
  };
}

/**
 * The cross-entropy of logits to which is added the logarithm of how often each class comes with what is heard of an orthogonal
 * task, less the plain cross-entropy: joined to the loss, it takes its place (Liu and others 2023). Counts are of the training
 * so far, soft where what is heard is soft.
 *
 * @param heard of each of the target's clips: `(clips, groups)`, not negative, the sum of a row 1
 * @returns a scalar
 */
export function correctedCrossEntropy(step: StepGraph, heard: Value, correction: Correction): Value {
  const { name, groups, strength, shrinkage } = correction;
  const logits = step.at('batch', step.network.logits);
  const counts = pairCounts(step, heard, groups);
  const corrected = shrinkage
    ? correctedBeyondChance(logits, heard, { counts, clips: clipsInput(step), strength })
    : correctedLogits(logits, heard, counts, strength);
  const own = transpose(membership(step.labels(), sizeAt(logits, 1)), [1, 0]);
  const ofClips = sum(mul(own, logSoftmax(corrected, -1)), [1], false);
  const loss = neg(mean(ofClips, undefined, false));
  step.measure(name, loss);
  return sub(loss, mean(step.crossEntropy(), undefined, false));
}

/**
 * @param logits `(clips, classes)`
 * @param heard `(clips, groups)`
 * @param counts how often each class came with each group: `(groups, classes)`
 */
export function correctedLogits(logits: Value, heard: Value, counts: Value, strength: number): Value {
  return add(logits, mul(log(maximum(expectation(heard, counts), rarest)), strength));
}

/** What a correction beyond chance is made of. */
export interface Counted {
  /** How often each class came with each group: `(groups, classes)`. */
  readonly counts: Value;
  /** Clips of the training, a scalar. */
  readonly clips: Value;
  readonly strength: number;
}

/**
 * Adds the logarithm of each class's lift, how much more often it comes with what is heard than at all, times how far the
 * dependence is beyond chance. How often classes come at all is not corrected for.
 *
 * @param logits `(clips, classes)`
 * @param heard `(clips, groups)`
 */
export function correctedBeyondChance(
  logits: Value,
  heard: Value,
  { counts, clips, strength }: Counted,
): Value {
  const part = mul(partBeyondChance(counts, clips), strength);
  return add(logits, mul(log(maximum(liftOf(heard, counts), rarest)), part));
}

/** How often each class is expected with what is heard: `(clips, classes)`. */
function expectation(heard: Value, counts: Value): Value {
  return matMul(heard, div(counts, sum(counts, [1])));
}
