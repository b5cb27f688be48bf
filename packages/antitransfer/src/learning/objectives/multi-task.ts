import { crossEntropy } from 'onnx-autograd';
import { z } from 'zod';
import { reader } from './adversary.js';
import { betaFeeds, betaSchedule, timesBeta } from './beta.js';
import { defineObjective } from './definition.js';
import { averagedMaps, lookOf, lookSettings } from './look.js';

/**
 * Multi-task learning: a classifier of its own learns the orthogonal label from the averaged maps at a tap, and the network
 * learns with it. The opposite of an adversary: what both tasks share is wanted.
 */
export const multiTask = defineObjective({
  name: 'multi-task',
  description: 'A second classifier learns the orthogonal label at a tap, and the network with it',
  paper: 'Caruana 1997 (Machine Learning 28); overview: Ruder 2017, arXiv 1706.05098',
  settings: z.strictObject({
    kind: z.literal('multi-task'),
    beta: z.number().min(0).default(1).describe('Weight of the second cross-entropy in the loss'),
    ...betaSchedule,
    hidden: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe("Units of the second classifier's hidden layer; 0 for a linear one"),
    ...lookSettings('batch'),
  }),
  measures: 'cross-entropy of the second task',
  label: () => 'multi-task',
  seesLabels: ({ clips }) => clips === 'batch',
  isPublished: () => false,
  create: (settings, parts) => {
    const { name, task } = parts;
    const look = lookOf(settings, parts);
    return {
      name,
      settings: { ...settings, kind: 'multi-task', ...look.at, task },
      auxiliary: look.auxiliary,
      groups: look.groups,
      term: (step) => {
        const logits = reader(step, averagedMaps(step, look), settings, task.classes);
        const loss = crossEntropy(logits, step.classes(look.clips, task.name));
        step.measure(name, loss);
        return timesBeta(step, loss, settings);
      },
      ...betaFeeds(settings),
    };
  },
});
