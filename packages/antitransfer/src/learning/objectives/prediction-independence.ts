import { expressions } from 'onnx-autograd';
import { z } from 'zod';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { defineObjective } from './definition.js';
import { leastClips, unbiasedAlignment, unbiasedHsic } from './dependence.js';
import { frozenStatement, standardisedOverBatch } from './frozen-statement.js';
import { dependenceSettings } from './hsic.js';
import { kernelOf } from './kernels.js';
import { frozenTapSetting, lookOf, lookSettings } from './look.js';

const { softmax } = expressions;

/**
 * Anti-transfer of the answers: how far our own class probabilities follow what the frozen network says of clips. Where the tasks
 * are orthogonal, as in clips of a corpus in which everybody says everything, the predicted class must not depend on it. It needs
 * no orthogonal label of any clip, and whatever the network hears is left alone unless its answers follow it.
 */
export const predictionIndependence = defineObjective({
  name: 'prediction-independence',
  description: 'Unbiased CKA or HSIC of predicted classes with what the frozen network says',
  paper: 'this toolkit, after Pérez-Suay and others 2017, arXiv 1710.05578',
  settings: z.strictObject({
    kind: z.literal('prediction-independence'),
    beta: z.number().min(0).default(1).describe('Weight of the likeness in the loss'),
    ...betaSchedule,
    ...dependenceSettings,
    compare: z
      .enum(['features', 'answers'])
      .default('features')
      .describe(
        "With the frozen network's averaged maps at the tap, standardised over the batch; or with its class probabilities",
      ),
    ...lookSettings('auxiliary'),
    ...frozenTapSetting,
    shuffled: z
      .boolean()
      .default(false)
      .describe('A control: compares with what the frozen network says of another clip'),
  }),
  measures: 'likeness in training batches',
  asksFrozen: true,
  label: () => 'prediction-independence',
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
      settings: { ...settings, kind: 'prediction-independence', ...look.at, task },
      auxiliary: look.auxiliary,
      frozen: [frozenStatement({ ...asked, clips: look.clips, shuffled: settings.shuffled })],
      leastClips,
      term: (step) => {
        const own = softmax(step.at(look.clips, step.network.logits), -1);
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
