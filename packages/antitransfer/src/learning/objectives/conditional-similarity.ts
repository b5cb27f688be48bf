import { z } from 'zod';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { outerProduct, predictedClasses } from './class-conditional.js';
import { defineObjective } from './definition.js';
import { leastClips, unbiasedAlignment, unbiasedHsic } from './dependence.js';
import { frozenStatement, standardisedOverBatch } from './frozen-statement.js';
import { dependenceSettings } from './hsic.js';
import { kernelOf } from './kernels.js';
import { averagedMaps, frozenTapSetting, lookOf, lookSettings } from './look.js';

/**
 * Conditional anti-transfer without an adversary: how far what the frozen network says of clips follows from the outer product
 * of our averaged maps and our own predicted probabilities, so that only what does not belong to the class is removed. It
 * needs no orthogonal label of any clip.
 */
export const conditionalSimilarity = defineObjective({
  name: 'conditional-similarity',
  description:
    'Unbiased CKA or HSIC of features x predicted classes with what the frozen network says: no adversary',
  paper: 'this toolkit, after Long and others 2018 (CDAN), arXiv 1705.10667',
  settings: z.strictObject({
    kind: z.literal('conditional-similarity'),
    beta: z.number().min(0).default(1).describe('Weight of the likeness in the loss'),
    ...betaSchedule,
    ...dependenceSettings,
    compare: z
      .enum(['features', 'answers'])
      .default('features')
      .describe(
        "With the frozen network's averaged maps at the tap, standardised over the batch; or with its class probabilities",
      ),
    conditional: z
      .boolean()
      .default(true)
      .describe('Of features x predicted classes; false for the features only'),
    ...lookSettings('auxiliary'),
    ...frozenTapSetting,
    shuffled: z
      .boolean()
      .default(false)
      .describe('A control: compares with what the frozen network says of another clip'),
  }),
  measures: 'likeness in training batches',
  asksFrozen: true,
  label: () => 'conditional-similarity',
  seesLabels: () => false,
  isPublished: () => false,
  create: (settings, parts) => {
    const { name, task, frozen } = parts;
    const { kernel, compare } = settings;
    const look = lookOf(settings, parts);
    const likeness = settings.normalised ? unbiasedAlignment : unbiasedHsic;
    const asked = {
      what: compare,
      frozen,
      tap: settings.frozenTap ?? look.at.tap,
      position: look.at.position,
    };
    return {
      name,
      settings: { ...settings, kind: 'conditional-similarity', ...look.at, task },
      auxiliary: look.auxiliary,
      frozen: [frozenStatement({ ...asked, clips: look.clips, shuffled: settings.shuffled })],
      leastClips,
      term: (step) => {
        const features = averagedMaps(step, look);
        const own = settings.conditional
          ? outerProduct(features, predictedClasses(step, look.clips))
          : features;
        const said = step.frozen(compare);
        const others = compare === 'features' ? standardisedOverBatch(said) : said;
        const measured = likeness(kernelOf(kernel, own), kernelOf(kernel, others));
        step.measure(name, measured);
        return timesBeta(step, measured, settings);
      },
      ...betaFeeds(settings),
    };
  },
});
