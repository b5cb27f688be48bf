import jstat from 'jstat';
import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { transposedTimes } from './comparison.js';
import { membership } from './groups.js';
import type { ClipClasses, StepGraph } from './objective.js';

const { add, div, log, logSoftmax, matMul, maximum, mean, minimum, mul, neg, square, sub, sum, transpose } =
  expressions;

/** A class that comes with what is heard less often than this counts as coming so often: the correction stays finite. */
const rarest = 1e-6;

/** How often chance alone is taken for a dependence. */
const falseAlarms = 0.001;

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
        "Corrects only for what is beyond chance (Pearson's chi-squared at p = .001), by that part, and not for how often " +
          'classes come at all: where nothing is confounded, training stays as it is',
      ),
  };
}

/** What {@link correctedCrossEntropy} is fed in all steps alike. */
export function correctionFeeds({ labels }: ClipClasses) {
  return { clips: float32([labels.length], []) };
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
  const classes = sizeAt(logits, 1);
  const own = transpose(membership(step.labels(), classes), [1, 0]);
  // Each pair counts as met once before, so that none is impossible in the first steps.
  const first = float32(new Float32Array(groups * classes).fill(1), [groups, classes]);
  const counts = step.constant(
    step.carry('counts', first, (before) => add(before, transposedTimes(heard, own))),
  );
  const corrected = shrinkage
    ? correctedBeyondChance(logits, heard, { counts, clips: step.feed('clips', []), groups, strength })
    : correctedLogits(logits, heard, counts, strength);
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
  /** How often each class came with each group, one of each pair added: `(groups, classes)`. */
  readonly counts: Value;
  /** Clips of the training: epochs after the first tell nothing new. A scalar. */
  readonly clips: Value;
  readonly groups: number;
  readonly strength: number;
}

/**
 * Adds the logarithm of each class's lift, how much more often it comes with what is heard than at all, times the part of
 * Pearson's chi-squared that is beyond chance: nothing where classes and groups are independent, nearly all of it where
 * they are not. How often classes come at all is not corrected for.
 *
 * @param logits `(clips, classes)`
 * @param heard `(clips, groups)`
 */
export function correctedBeyondChance(
  logits: Value,
  heard: Value,
  { counts, clips, groups, strength }: Counted,
): Value {
  const classes = sizeAt(logits, 1);
  const shares = div(counts, sum(counts, [0, 1], false));
  const atAll = sum(shares, [0]);
  const independent = mul(sum(shares, [1]), atAll);
  const contingency = sum(div(square(sub(shares, independent)), independent), [0, 1], false);
  const seen = minimum(sub(sum(counts, [0, 1], false), groups * classes), clips);
  const byChance = jstat.jStat.chisquare.inv(1 - falseAlarms, Math.max(1, (groups - 1) * (classes - 1)));
  const chiSquared = maximum(mul(contingency, seen), byChance);
  const beyond = sub(1, div(byChance, chiSquared));
  const lift = div(expectation(heard, counts), atAll);
  return add(logits, mul(log(maximum(lift, rarest)), mul(beyond, strength)));
}

/** How often each class is expected with what is heard: `(clips, classes)`. */
function expectation(heard: Value, counts: Value): Value {
  return matMul(heard, div(counts, sum(counts, [1])));
}
