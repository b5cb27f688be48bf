import { crossEntropy, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { adversary, adversarySettings } from './adversary.js';
import { fedBeta } from './beta.js';
import { outerProduct, predictedClasses } from './class-conditional.js';
import { defineObjective } from './definition.js';
import { averagedMaps, lookOf, lookSettings } from './look.js';

/**
 * Domain-adversarial training: a classifier of its own reads the orthogonal label from the maps at a tap, averaged over
 * time and frequency, and the network learns what makes that impossible. Given the predicted classes beside the features
 * (CDAN), it removes only what does not belong to the class.
 */
export const gradientReversal = defineObjective({
  name: 'gradient-reversal',
  description:
    'An adversary reads the orthogonal label at a tap; its reversed gradient makes it unreadable (DANN; CDAN with classes)',
  paper: 'Ganin and others 2016, arXiv 1505.07818',
  paperOf: ({ conditional }) =>
    conditional ? 'Long and others 2018, arXiv 1705.10667' : 'Ganin and others 2016, arXiv 1505.07818',
  settings: z.strictObject({
    kind: z.literal('gradient-reversal'),
    ...adversarySettings,
    conditional: z
      .boolean()
      .default(false)
      .describe('From features x predicted classes (CDAN); false for the features only (DANN)'),
    ...lookSettings('batch'),
  }),
  measures: 'loss of the adversary',
  label: () => 'gradient-reversal',
  seesLabels: ({ clips }) => clips === 'batch',
  isPublished: () => false,
  create: (settings, parts) => {
    const { name, task } = parts;
    const look = lookOf(settings, parts);
    return {
      name,
      settings: { ...settings, kind: 'gradient-reversal', ...look.at, task },
      auxiliary: look.auxiliary,
      groups: look.groups,
      term: (step) => {
        const join = (features: Value) =>
          settings.conditional ? outerProduct(features, predictedClasses(step, look.clips)) : features;
        const logits = adversary(step, averagedMaps(step, look), settings, task.classes, join);
        const loss = crossEntropy(logits, step.classes(look.clips, task.name));
        step.measure(name, loss);
        return loss;
      },
      feeds: fedBeta(settings),
    };
  },
});
