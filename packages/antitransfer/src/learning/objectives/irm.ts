import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaFeeds, betaSchedule, schedules, timesBeta } from './beta.js';
import { defineObjective, orthogonalSetting } from './definition.js';
import { groupMeans, membership } from './groups.js';

const { div, mul, softmax, square, sub, sum, transpose } = expressions;

/** Invariant risk minimisation: a classifier that is the best one for every group does not lean on what tells them apart. */
export const irm = defineObjective({
  name: 'irm',
  description:
    "Squared slope of each group's cross-entropy when all logits are scaled, the mean over groups (IRMv1)",
  paper: 'Arjovsky and others 2019, arXiv 1907.02893',
  settings: z.strictObject({
    kind: z.literal('irm'),
    beta: z.number().min(0).default(100).describe('Weight of the squared slopes in the loss'),
    ...betaSchedule,
    schedule: z
      .enum(schedules)
      .default('step')
      .describe(
        'How beta is reached: step, nothing before warmUp (annealing); linear over warmUp; ganin; constant, at once',
      ),
    ...orthogonalSetting,
  }),
  measures: 'squared slope of the cross-entropy',
  label: () => 'irm',
  seesLabels: () => true,
  isPublished: () => false,
  create: ({ orthogonal: _, ...settings }, { name, task }) => ({
    name,
    settings: { ...settings, kind: 'irm', task },
    groups: [task.name],
    term: (step) => {
      const logits = step.at('batch', step.network.logits);
      const slopes = slopesOf(logits, step.labels());
      const penalty = squaredOverGroups(slopes, step.classes('batch', task.name), task.classes);
      step.measure(name, penalty);
      return timesBeta(step, penalty, settings);
    },
    ...betaFeeds(settings),
  }),
});

/**
 * The slope of each clip's cross-entropy in a factor of its logits, at the factor 1: the logit that its class is expected to
 * have, less the one that it has.
 *
 * @param logits `(clips, classes)`
 * @param labels int64, `(clips)`
 * @returns `(clips)`
 */
export function slopesOf(logits: Value, labels: Value): Value {
  const own = transpose(membership(labels, sizeAt(logits, 1)), [1, 0]);
  return sum(mul(logits, sub(softmax(logits, -1), own)), [1], false);
}

/**
 * Mean over groups of the squared mean of a group's clips. Groups without a clip are left out.
 *
 * @param values `(clips)`
 * @param labels int64, `(clips)`
 * @returns a scalar
 */
export function squaredOverGroups(values: Value, labels: Value, groups: number): Value {
  // Never below 0, as products of different clips would be: of few clips, and times a large beta, those have no bottom.
  const { means, present } = groupMeans(values, labels, groups);
  return div(sum(square(means), [0], false), sum(present, [0], false));
}
