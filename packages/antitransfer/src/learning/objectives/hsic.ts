import { z } from 'zod';
import { tapped } from '../networks/network.js';
import { averageOverSpace } from './average-over-space.js';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { transposedTimes } from './comparison.js';
import { auxiliaryTasks, clipsOf, defineObjective, labelledTasks, lookSettings } from './definition.js';
import { leastClips, unbiasedAlignment, unbiasedHsic } from './dependence.js';
import { membership } from './groups.js';
import { kernelOf, kernels } from './kernels.js';

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
  create: (settings, { name, task, tap }) => {
    const clips = clipsOf(settings.clips, task.name);
    const at = { tap: settings.tap ?? tap.name, position: settings.position ?? tap.position };
    const dependence = settings.normalised ? unbiasedAlignment : unbiasedHsic;
    return {
      name,
      settings: { ...settings, kind: 'hsic', ...at, task },
      auxiliary: auxiliaryTasks(settings.clips, task.name),
      groups: labelledTasks(settings.clips, task.name),
      leastClips,
      term: (step) => {
        const features = averageOverSpace(step.at(clips, tapped(step.network, at.tap, at.position)));
        const belongs = membership(step.classes(clips, task.name), task.classes);
        const measured = dependence(kernelOf(settings.kernel, features), transposedTimes(belongs, belongs));
        step.measure(name, measured);
        return timesBeta(step, measured, settings);
      },
      ...betaFeeds(settings),
    };
  },
});
