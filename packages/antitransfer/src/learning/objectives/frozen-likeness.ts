import type { Value } from 'onnx-autograd';
import { z } from 'zod';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import type { ObjectiveParts } from './definition.js';
import { leastClips, unbiasedAlignment, unbiasedHsic } from './dependence.js';
import { frozenStatement, standardisedOverBatch } from './frozen-statement.js';
import { dependenceSettings } from './hsic.js';
import { kernelOf } from './kernels.js';
import { frozenTapSetting, type Look, lookOf, lookSettings } from './look.js';
import type { Objective, StepGraph } from './objective.js';

/** How a likeness with what the frozen network says is measured, and with what of it. */
export const likenessSettings = {
  beta: z.number().min(0).default(1).describe('Weight of the likeness in the loss'),
  ...betaSchedule,
  ...dependenceSettings,
  compare: z
    .enum(['features', 'answers'])
    .default('features')
    .describe(
      "With the frozen network's averaged maps at the tap, standardised over the batch; or with its class probabilities",
    ),
};

/** Where both networks are looked at, and over which clips. */
export const likenessLook = {
  ...lookSettings('auxiliary'),
  ...frozenTapSetting,
  shuffled: z
    .boolean()
    .default(false)
    .describe('A control: compares with what the frozen network says of another clip'),
};

const allSettings = z.strictObject({ ...likenessSettings, ...likenessLook });

/**
 * A penalty on the likeness of something of the network's own with what the frozen network says of the same clips.
 *
 * @param own `(clips, n)`
 */
export function frozenLikeness<Settings extends z.infer<typeof allSettings> & { readonly kind: string }>(
  settings: Settings,
  parts: ObjectiveParts,
  own: (step: StepGraph, look: Look) => Value,
): Objective {
  const { name, task, frozen } = parts;
  const { kernel, compare, shuffled } = settings;
  const look = lookOf(settings, parts);
  const { tap, position } = look.at;
  const likeness = settings.normalised ? unbiasedAlignment : unbiasedHsic;
  const asked = { what: compare, frozen, tap: settings.frozenTap ?? tap, position };
  return {
    name,
    settings: { ...settings, ...look.at, task },
    auxiliary: look.auxiliary,
    frozen: [frozenStatement({ ...asked, clips: look.clips, shuffled })],
    leastClips,
    term: (step) => {
      const compared = own(step, look);
      const said = step.frozen(compare);
      const others = compare === 'features' ? standardisedOverBatch(said) : said;
      const measured = likeness(kernelOf(kernel, compared), kernelOf(kernel, others));
      step.measure(name, measured);
      return timesBeta(step, measured, settings);
    },
    ...betaFeeds(settings),
  };
}
