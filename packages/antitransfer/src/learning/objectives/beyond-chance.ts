import jstat from 'jstat';
import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { transposedTimes } from './comparison.js';
import { membership } from './groups.js';
import type { ClipClasses, StepGraph } from './objective.js';

const { add, div, maximum, minimum, mul, square, sub, sum, transpose } = expressions;

/** How often chance alone is taken for a dependence. */
const falseAlarms = 0.001;

/**
 * How often each class of the target came with what is heard of an orthogonal task, over the steps so far: softly where what is
 * heard is soft. Each pair counts as met once before, so that none is impossible in the first steps.
 *
 * @param heard of each of the target's clips: `(clips, groups)`, not negative, the sum of a row 1
 * @returns `(groups, classes)`, without a gradient
 */
export function pairCounts(step: StepGraph, heard: Value, groups: number): Value {
  const classes = sizeAt(step.network.logits, 1);
  const own = transpose(membership(step.labels(), classes), [1, 0]);
  const first = float32(new Float32Array(groups * classes).fill(1), [groups, classes]);
  return step.constant(step.carry('counts', first, (before) => add(before, transposedTimes(heard, own))));
}

/**
 * The part of Pearson's chi-squared of classes and groups that is beyond chance, `1 - c / chi-squared`: c is what chance alone
 * exceeds once in a thousand times, and where chi-squared is less, the part is 0.
 *
 * @param counts of {@link pairCounts}: `(groups, classes)`
 * @param clips of the training, a scalar: no clip counts twice, epochs after the first tell nothing new
 * @returns a scalar from 0 to below 1
 */
export function partBeyondChance(counts: Value, clips: Value): Value {
  const [groups, classes] = [sizeAt(counts, 0), sizeAt(counts, 1)];
  const all = sum(counts, [0, 1], false);
  const shares = div(counts, all);
  const independent = mul(sum(shares, [1]), sum(shares, [0]));
  const contingency = sum(div(square(sub(shares, independent)), independent), [0, 1], false);
  const seen = minimum(sub(all, groups * classes), clips);
  const byChance = jstat.jStat.chisquare.inv(1 - falseAlarms, Math.max(1, (groups - 1) * (classes - 1)));
  return sub(1, div(byChance, maximum(mul(contingency, seen), byChance)));
}

/** How many clips the training has, as an input of the step: what {@link clipCount} feeds. */
export function clipsInput(step: StepGraph): Value {
  return step.feed('clips', []);
}

/** What {@link clipsInput} is fed. */
export function clipCount({ labels }: ClipClasses) {
  return { clips: float32([labels.length], []) };
}
