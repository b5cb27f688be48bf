import { z } from 'zod';
import { balancedOrder } from './balanced-order.js';
import { cellGroups, cellKinds, cellsOf } from './cells.js';
import { defineObjective, orthogonalSetting } from './definition.js';

/** Epochs in which every class, group or pair of both comes equally often: small ones again and again, large ones in part. */
export const balancedSampling = defineObjective({
  name: 'balanced-sampling',
  description:
    'Draws the clips of each epoch so that classes, orthogonal labels or pairs of both come equally often',
  paper: 'Idrissi and others 2022, arXiv 2110.14503',
  settings: z.strictObject({
    kind: z.literal('balanced-sampling'),
    over: cellKinds
      .default('class-group')
      .describe(
        'What comes equally often: each class, each orthogonal label, or each pair of both that there is',
      ),
    ...orthogonalSetting,
  }),
  drawsEpochs: true,
  label: () => 'balanced-sampling',
  seesLabels: ({ over }) => over !== 'class',
  isPublished: () => false,
  create: ({ over }, { name, task }) => ({
    name,
    settings: { kind: 'balanced-sampling', over, task },
    groups: cellGroups(over, task),
    order: (clips, epoch, random) =>
      balancedOrder(cellsOf(clips, over, task), clips.labels.length, epoch, random),
  }),
});
