import { expressions, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { defineObjective, orthogonalSetting } from './definition.js';
import { groupMeans } from './groups.js';

const { div, mul, square, sub, sum } = expressions;

/** Risk extrapolation: what is learned equally well of every group does not lean on what tells groups apart. */
export const vrex = defineObjective({
  name: 'vrex',
  description: 'Variance of the cross-entropy over the groups in the batch (V-REx)',
  paper: 'Krueger and others 2021, arXiv 2003.00688',
  settings: z.strictObject({
    kind: z.literal('vrex'),
    beta: z.number().min(0).default(1).describe('Weight of the variance in the loss'),
    ...betaSchedule,
    ...orthogonalSetting,
  }),
  measures: 'variance of the cross-entropy',
  label: () => 'vrex',
  seesLabels: () => true,
  isPublished: () => false,
  create: ({ orthogonal: _, ...settings }, { name, task }) => ({
    name,
    settings: { ...settings, kind: 'vrex', task },
    groups: [task.name],
    term: (step) => {
      const labels = step.classes('batch', task.name);
      const variance = varianceOverGroups(step.crossEntropy(), labels, task.classes);
      step.measure(name, variance);
      return timesBeta(step, variance, settings);
    },
    ...betaFeeds(settings),
  }),
});

/**
 * The variance over groups of the mean of a group's clips; groups without a clip are left out, and of one group it is 0.
 *
 * @param risks `(clips)`
 * @param labels int64, `(clips)`
 * @returns a scalar
 */
export function varianceOverGroups(risks: Value, labels: Value, groups: number): Value {
  const { means, present } = groupMeans(risks, labels, groups);
  const count = sum(present, [0], false);
  const overall = div(sum(mul(means, present), [0], false), count);
  return div(sum(mul(square(sub(means, overall)), present), [0], false), count);
}
