import { z } from 'zod';
import { clipCount } from './beyond-chance.js';
import { correctedCrossEntropy, correctionSettings } from './corrected-cross-entropy.js';
import { defineObjective, orthogonalSetting } from './definition.js';
import { frozenStatement } from './frozen-statement.js';

/**
 * Logit correction by the frozen network: what its probabilities tell of the class is added to the logits in training. The network
 * need not learn what the frozen one explains; the test takes its own logits. It needs no orthogonal label of any clip, and looks
 * at no clips but the target's.
 */
export const frozenLogitCorrection = defineObjective({
  name: 'frozen-logit-correction',
  description:
    'Adds to logits, in training only, what the frozen network tells of the class, as far as that is beyond chance',
  paper: 'this toolkit, after Liu and others 2023, arXiv 2212.01433',
  settings: z.strictObject({
    kind: z.literal('frozen-logit-correction'),
    ...correctionSettings({ shrinkage: true }),
    ...orthogonalSetting,
    shuffled: z
      .boolean()
      .default(false)
      .describe(
        'A control: adds what the frozen network says of another clip, without shrinkage, which would leave nothing',
      ),
  }),
  measures: 'corrected cross-entropy',
  asksFrozen: true,
  replacesCrossEntropy: true,
  label: () => 'frozen-logit-correction',
  seesLabels: () => false,
  isPublished: () => false,
  ignores: ({ shuffled }) => (shuffled ? ['shrinkage'] : []),
  create: ({ strength, shrinkage: asked, shuffled }, { name, task, frozen, tap }) => {
    // What is said of other clips has nothing to do with the class beyond chance.
    const shrinkage = asked && !shuffled;
    return {
      name,
      settings: {
        kind: 'frozen-logit-correction',
        strength,
        ...(shrinkage && { shrinkage }),
        shuffled,
        task,
      },
      frozen: [
        frozenStatement({
          what: 'answers',
          frozen,
          tap: tap.name,
          position: tap.position,
          clips: 'batch',
          shuffled,
        }),
      ],
      ...(shrinkage && { clipFeeds: clipCount }),
      term: (step) =>
        correctedCrossEntropy(step, step.frozen('answers'), {
          name,
          groups: task.classes,
          strength,
          shrinkage,
        }),
    };
  },
});
