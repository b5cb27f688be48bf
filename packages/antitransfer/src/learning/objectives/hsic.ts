import type { Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaSchedule } from './beta.js';
import { transposedTimes } from './comparison.js';
import { defineObjective } from './definition.js';
import { leastClips, unbiasedAlignment, unbiasedHsic } from './dependence.js';
import { drawTogether } from './group-distance.js';
import { membership } from './groups.js';
import { kernelOf, kernels } from './kernels.js';
import { lookSettings } from './look.js';

/** How features and their dependence on something are measured. */
export const dependenceSettings = {
  kernel: z
    .enum(kernels)
    .default('linear')
    .describe(
      'Of features: linear, or the mean of Gaussians of five widths around their mean squared distance',
    ),
  normalised: z
    .boolean()
    .default(true)
    .describe('Divided by how much both vary, so that 1 is the most (CKA); false for the plain criterion'),
};

/** The independence criterion: features from which the orthogonal label follows in no way depend on it by nothing. */
export const hsic = defineObjective({
  name: 'hsic',
  description:
    'Dependence of features at a tap on the orthogonal label, unbiased: HSIC, or CKA with the one-hot label',
  paper: 'Pérez-Suay and others 2017, arXiv 1710.05578',
  settings: z.strictObject({
    kind: z.literal('hsic'),
    beta: z.number().min(0).default(1).describe('Weight of the dependence in the loss'),
    ...betaSchedule,
    ...dependenceSettings,
    ...lookSettings('batch'),
  }),
  measures: 'dependence on the label',
  label: () => 'hsic',
  seesLabels: ({ clips }) => clips === 'batch',
  isPublished: () => false,
  create: (settings, parts) => {
    const dependence = settings.normalised ? unbiasedAlignment : unbiasedHsic;
    const onLabels = (features: Value, labels: Value, groups: number) => {
      const belongs = membership(labels, groups);
      return dependence(kernelOf(settings.kernel, features), transposedTimes(belongs, belongs));
    };
    return { ...drawTogether(onLabels, settings, parts), leastClips };
  },
});
