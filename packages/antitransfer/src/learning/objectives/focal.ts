import { expressions } from 'onnx-autograd';
import { z } from 'zod';
import { defineObjective, orthogonalSetting } from './definition.js';

const { exp, maximum, neg, pow, sub } = expressions;

/** Below it a clip counts as learned: the slope of a power below 1 has no end at 0. */
const smallest = 1e-7;

/** Clips that the network is sure of count less: what a shortcut does not explain is learned from more. */
export const focal = defineObjective({
  name: 'focal',
  description: 'Weights each clip by (1 - p)^gamma, p being the probability of its class (focal loss)',
  paper: 'Lin and others 2017, arXiv 1708.02002',
  settings: z.strictObject({
    kind: z.literal('focal'),
    gamma: z
      .number()
      .min(0)
      .default(2)
      .describe('How little a clip counts that the network is sure of; 0 for equally'),
    ...orthogonalSetting,
  }),
  weighsClips: true,
  label: () => 'focal',
  seesLabels: () => false,
  isPublished: () => false,
  create: ({ gamma }, { name }) => ({
    name,
    settings: { kind: 'focal', gamma },
    clipWeights: (_, crossEntropy) => pow(maximum(sub(1, exp(neg(crossEntropy))), smallest), gamma),
  }),
});
