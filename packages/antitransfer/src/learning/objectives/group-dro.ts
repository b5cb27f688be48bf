import { expressions, float32, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { cellGroups, cellInput, cellKinds, cellMembership, clipsPerCell } from './cells.js';
import { defineObjective, orthogonalSetting } from './definition.js';

const { add, cast, div, exp, greater, maximum, mul, reduceMax, sizeOf, sqrt, sub, sum, unsqueeze } =
  expressions;

/** Distributionally robust over groups: those that are learned worst count more, and the more the longer they are so. */
export const groupDro = defineObjective({
  name: 'group-dro',
  description:
    'Weights groups by their losses, exponentially and from step to step, so that the worst counts most (GroupDRO)',
  paper: 'Sagawa and others 2020, arXiv 1911.08731',
  settings: z.strictObject({
    kind: z.literal('group-dro'),
    over: cellKinds
      .default('class-group')
      .describe('What a group is: a class, an orthogonal label, or a pair of both that there is'),
    stepSize: z
      .number()
      .min(0)
      .default(0.01)
      .describe('How fast weights follow losses: each is multiplied by exp(stepSize x loss) in a step'),
    adjustment: z
      .number()
      .min(0)
      .default(0)
      .describe(
        'Added to the loss of a group for its weight: adjustment / sqrt(training clips of the group)',
      ),
    ...orthogonalSetting,
  }),
  measures: 'loss with the weights of groups',
  weighsClips: true,
  label: () => 'group-dro',
  seesLabels: ({ over }) => over !== 'class',
  isPublished: () => false,
  create: ({ over, stepSize, adjustment }, { name, task }) => ({
    name,
    settings: { kind: 'group-dro', over, stepSize, adjustment, task },
    groups: cellGroups(over, task),
    clipWeights: (step, crossEntropy) => {
      const belongs = cellMembership(step, over, task);
      const inBatch = sum(belongs, [1], false);
      const means = mul(belongs, unsqueeze(div(1, maximum(inBatch, 1)), [1]));
      const inTraining = cellInput(step, 'clips', over, task);
      const losses = sum(mul(means, unsqueeze(step.constant(crossEntropy), [0])), [1], false);
      const adjusted = mul(
        add(losses, div(adjustment, sqrt(maximum(inTraining, 1)))),
        cast(greater(inBatch, 0), 'float32'),
      );
      const cells = sizeAt(belongs, 0);
      const uniform = float32(new Float32Array(cells).fill(1 / cells), [cells]);
      const weights = step.carry('weights', uniform, (before) =>
        exponentiated(before, mul(adjusted, stepSize), inTraining),
      );
      step.measure(name, sum(mul(weights, losses), [0], false));
      // The mean over clips is then the weighted sum of the groups' means.
      const ofClips = sum(mul(means, unsqueeze(weights, [1])), [0], false);
      return mul(ofClips, sizeOf(crossEntropy, 0));
    },
    clipFeeds: (clips, classes) => ({ clips: clipsPerCell(clips, over, classes, task) }),
  }),
});

/**
 * Weights times the exponential of gains, and 1 in all; 0 where there is nothing to weigh.
 *
 * @param weights `(cells)`
 * @param gains `(cells)`
 * @param clips how many there are of each cell, `(cells)`
 */
export function exponentiated(weights: Value, gains: Value, clips: Value): Value {
  const present = cast(greater(clips, 0), 'float32');
  const own = mul(gains, present);
  // The largest is taken off first, so that no gain is too large.
  const raised = mul(mul(weights, present), exp(sub(own, reduceMax(own, [0]))));
  return div(raised, sum(raised, [0]));
}
