import { expressions, float32, type Tensor } from 'onnx-autograd';
import { z } from 'zod';
import { sum as total } from '../../numbers/mean.js';
import { cellGroups, cellInput, cellKinds, cellMembership, clipsPerCell } from './cells.js';
import { defineObjective, orthogonalSetting } from './definition.js';

const { mul, sum, unsqueeze } = expressions;

/** Clips of rare classes, groups or pairs of both count more. */
export const classWeights = defineObjective({
  name: 'class-weights',
  description:
    'Weights clips so that classes, orthogonal labels or pairs of both count equally, however many clips they have',
  paper: 'Idrissi and others 2022, arXiv 2110.14503',
  settings: z.strictObject({
    kind: z.literal('class-weights'),
    over: cellKinds
      .default('class')
      .describe('What counts equally: each class, each orthogonal label, or each pair of both that there is'),
    power: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        'A clip counts as 1 / (clips of its kind) to this power: 0.5 for half the way, 0 for not at all',
      ),
    ...orthogonalSetting,
  }),
  weighsClips: true,
  label: () => 'class-weights',
  seesLabels: ({ over }) => over !== 'class',
  isPublished: () => false,
  create: ({ over, power }, { name, task }) => ({
    name,
    settings: { kind: 'class-weights', over, power, task },
    groups: cellGroups(over, task),
    clipWeights: (step) => {
      const weights = unsqueeze(cellInput(step, 'weights', over, task), [1]);
      return sum(mul(cellMembership(step, over, task), weights), [0], false);
    },
    clipFeeds: (clips, classes) => ({
      weights: inverseWeights(clipsPerCell(clips, over, classes, task), power),
    }),
  }),
});

/** Weights of cells by how many clips they have, 1 on average over the clips; of cells without a clip 0. */
export function inverseWeights({ dims, data }: Tensor, power: number): Tensor {
  const counts = Array.from(data, Number);
  const inverse = counts.map((count) => (count === 0 ? 0 : count ** -power));
  const factor = total(counts) / total(counts.map((count, cell) => count * (inverse[cell] ?? 0)));
  return float32(
    inverse.map((weight) => weight * factor),
    dims,
  );
}
