import jstat from 'jstat';
import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { transposedTimes } from './comparison.js';
import { membership } from './groups.js';
import type { ClipClasses, StepGraph } from './objective.js';

const { add, div, maximum, minimum, mul, square, sub, sum, transpose } = expressions;

/** How often chance alone may pass for a dependence. */
const falseAlarms = 0.001;

/** A pair of class and group that is expected less often than this counts as expected so often: rare pairs alone prove nothing. */
const leastExpected = 1;

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
 * How far Pearson's chi-squared of classes and groups is above what chance alone exceeds once in a thousand times, c:
 * `1 - c / chi-squared`, and 0 where it is not above.
 *
 * @param counts of {@link pairCounts}: `(groups, classes)`
 * @param clips of the training, a scalar: epochs after the first tell nothing new
 * @returns a scalar from 0 to below 1
 */
export function partBeyondChance(counts: Value, clips: Value): Value {
  const [groups, classes] = [sizeAt(counts, 0), sizeAt(counts, 1)];
  const met = sub(counts, 1);
  const all = sum(met, [0, 1], false);
  // As often as in one epoch.
  const once = mul(met, div(minimum(all, clips), all));
  const expected = div(mul(sum(once, [1]), sum(once, [0])), sum(once, [0, 1]));
  const cells = div(square(sub(once, expected)), maximum(expected, leastExpected));
  const byChance = jstat.jStat.chisquare.inv(1 - falseAlarms, Math.max(1, (groups - 1) * (classes - 1)));
  const chiSquared = maximum(sum(cells, [0, 1], false), byChance);
  return div(sub(chiSquared, byChance), chiSquared);
}

/**
 * How much more often each class comes with what is heard than at all: 1 where that says nothing, and nearly so for what was
 * hardly ever heard.
 *
 * @param heard `(clips, groups)`
 * @param counts of {@link pairCounts}: `(groups, classes)`
 * @returns `(clips, classes)`
 */
export function liftOf(heard: Value, counts: Value): Value {
  const atAll = div(sum(counts, [0]), sum(counts, [0, 1]));
  // Before any clip each group was met as often as there are classes, with classes as they come at all.
  const met = add(sub(counts, 1), mul(atAll, sizeAt(counts, 1)));
  return div(expressions.matMul(heard, div(met, sum(met, [1]))), atAll);
}

/** How many clips the training has, as an input of the step: what {@link clipCount} feeds. */
export function clipsInput(step: StepGraph): Value {
  return step.feed('clips', []);
}

/** What {@link clipsInput} is fed. */
export function clipCount({ labels }: ClipClasses) {
  return { clips: float32([labels.length], []) };
}
