import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { transposedTimes } from './comparison.js';
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
}

/**
 * The cross-entropy of logits to which is added the logarithm of how often each class comes with what is heard of an orthogonal
 * task, less the plain cross-entropy: joined to the loss, it takes its place (Liu and others 2023). Counts are of the training
 * so far, soft where what is heard is soft.
 *
 * @param heard of each of the target's clips: `(clips, groups)`, not negative, the sum of a row 1
 * @returns a scalar
 */
export function correctedCrossEntropy(
  step: StepGraph,
  heard: Value,
  { name, groups, strength }: Correction,
): Value {
  const logits = step.at('batch', step.network.logits);
  const classes = sizeAt(logits, 1);
  const own = transpose(membership(step.labels(), classes), [1, 0]);
  // Each pair counts as met once before, so that none is impossible in the first steps.
  const first = float32(new Float32Array(groups * classes).fill(1), [groups, classes]);
  const counts = step.carry('counts', first, (before) => add(before, transposedTimes(heard, own)));
  const corrected = correctedLogits(logits, heard, step.constant(counts), strength);
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
  const expected = matMul(heard, div(counts, sum(counts, [1])));
  return add(logits, mul(log(maximum(expected, rarest)), strength));
}
