import { z } from 'zod';
import { correctionSettings } from '../../learning/corrections/registry.js';
import { describeObjective, objectiveSettings } from '../../learning/objectives/registry.js';
import { trainingSettings } from '../../learning/training/settings.js';
import { augmentationList } from './augmentation.js';
import { idPattern } from './names.js';

/** A way to train that is compared with others. */
export const methodSettings = z.strictObject({
  id: z
    .string()
    .regex(idPattern.form, idPattern.message)
    .describe('Short name: small letters, digits and dashes'),
  label: z.string().optional().describe('For people; made up from the name when absent'),
  description: z.string().optional().describe('One sentence for the report'),
  start: z
    .string()
    .default('random')
    .describe(
      'First weights: random, orthogonal (the orthogonal network), or the name of a method to continue from',
    ),
  startWeights: trainingSettings.shape.startWeights.describe(
    'Names or patterns (conv1_*) of the weights that are taken over from the start, instead of `training.startWeights`: those of the first layers, say',
  ),
  objectives: z
    .array(objectiveSettings)
    .default([])
    .describe(
      'What joins the cross-entropy: penalties, adversaries, distances, how clips are weighted or drawn',
    ),
  augmentation: augmentationList
    .optional()
    .describe('What is done to its training clips instead of `training.augmentation`; [] for nothing'),
  correction: correctionSettings
    .nullable()
    .default(null)
    .describe('What is done to the trained network; null for nothing'),
  control: z.boolean().default(false).describe('A control, which is expected to gain nothing'),
});

/** A method as a configuration has it: objectives, first weights, augmentation, correction. */
export type MethodSettings = z.infer<typeof methodSettings>;

/** Whether a method is one of the paper's: its objectives, or the start from the orthogonal network without any. */
export function isPublished({ objectives, start, augmentation = [], correction }: MethodSettings): boolean {
  if (augmentation.length > 0 || correction !== null) return false;
  if (objectives.length === 0) return start === 'orthogonal';
  return objectives.every((settings) => describeObjective(settings).isPublished);
}
