import { z } from 'zod';
import { itemAt } from '../../lookup.js';
import { balancedOrder } from './balanced-order.js';
import { defineObjective, orthogonalSetting } from './definition.js';
import type { ClipClasses } from './objective.js';

/** Epochs in which every class, group or pair of both comes equally often: small ones again and again, large ones in part. */
export const balancedSampling = defineObjective({
  name: 'balanced-sampling',
  description:
    'Draws the clips of each epoch so that classes, orthogonal labels or pairs of both come equally often',
  paper: 'Idrissi and others 2022, arXiv 2110.14503',
  settings: z.strictObject({
    kind: z.literal('balanced-sampling'),
    over: z
      .enum(['class', 'group', 'class-group'])
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
    groups: over === 'class' ? [] : [task.name],
    order: (clips, epoch, random) =>
      balancedOrder(cellsOf(clips, over, task), clips.labels.length, epoch, random),
  }),
});

/** What each clip is one of. */
function cellsOf(
  { labels, groups }: ClipClasses,
  over: 'class' | 'group' | 'class-group',
  task: { readonly name: string; readonly classes: number },
): Int32Array {
  const group = groups[task.name];
  if (over === 'class' || group === undefined) return labels;
  return over === 'group' ? group : labels.map((label, clip) => label * task.classes + itemAt(group, clip));
}
