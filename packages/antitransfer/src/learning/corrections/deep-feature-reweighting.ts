import type { Random } from 'onnx-autograd';
import { z } from 'zod';
import { choosePenalty } from '../../analysis/choose-penalty.js';
import { deal } from '../../analysis/deal.js';
import {
  averaged,
  type LogisticRegression,
  logLoss,
  standardiser,
  unstandardised,
} from '../../analysis/logistic-regression.js';
import { linearReader } from '../../analysis/probe-reader.js';
import { runSteps } from '../../analysis/run-steps.js';
import type { Vectors } from '../../analysis/vectors.js';
import { UserError } from '../../errors.js';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { mean } from '../../numbers/mean.js';
import { correctionSettingsOfAll, defineCorrection } from './definition.js';
import { lastLayerInput, withLastLayer } from './last-layer.js';

/**
 * Deep feature reweighting: only the last layer is fitted again, to a balanced half of the validation clips; the other half
 * chooses the strength of its penalty. The paper's is an L1 penalty, chosen by the worst group's accuracy, and a last fit to
 * all of the validation clips; here the halves stay apart, the penalty is L2, and it is chosen by the cross-entropy, each
 * group counting the same.
 */
export const deepFeatureReweighting = defineCorrection({
  name: 'deep-feature-reweighting',
  description:
    'The last layer is fitted again to a balanced half of the validation clips, the other half chooses its penalty',
  paper: 'Kirichenko, Izmailov, Wilson 2022, arXiv 2204.02937',
  settings: z.strictObject({
    kind: z.literal('deep-feature-reweighting'),
    balance: z
      .enum(['groups', 'classes', 'none'])
      .default('groups')
      .describe(
        'What counts the same: groups (the target’s classes x the orthogonal labels, which validation clips must have), the target’s classes, or every clip',
      ),
    draws: z
      .int()
      .min(1)
      .default(10)
      .describe('Balanced draws from the half that is fitted; the fits are averaged'),
    ...correctionSettingsOfAll,
  }),
  changesMaps: false,
  looks: ({ balance }) => ({
    target: 'validation',
    orthogonal: balance === 'groups' ? 'validation' : 'none',
  }),
  correct: async ({ balance, draws }, parts) => {
    const { network, classes, validation, orthogonal, random, observe, pause } = parts;
    const groups = Array.from(validation.labels, (label, clip) => {
      if (balance === 'none') return 'all';
      return balance === 'classes' ? `${label}` : `${label} ${orthogonal?.labels[clip]}`;
    });
    const items = groups.map((label, clip) => ({ label, group: validation.recordings[clip] ?? `${clip}` }));
    const sides = deal(items, [0.5, 0.5], random.fork('halves'));
    const on = (side: number) => groups.flatMap((_, clip) => (sides[clip] === side ? [clip] : []));
    const [fitting, choosing] = [on(0), on(1)];
    requireClasses(fitting, validation.labels, classes);
    const of = (vectors: Vectors, clips: readonly number[]) => clips.map((clip) => itemAt(vectors, clip));
    const vectors = await observe(network, lastLayerInput, validation);
    const standardise = standardiser(of(vectors, fitting));
    const standardised = vectors.map(standardise);
    const labelsOf = (clips: readonly number[]) => clips.map((clip) => itemAt(validation.labels, clip));
    const drawn = Array.from({ length: draws }, (_, draw) =>
      balancedDraw(fitting, groups, random.fork(`draw ${draw}`)),
    );
    const chosenBy = [...groupBy(choosing, (clip) => itemAt(groups, clip)).values()];
    const fits = choosePenalty(
      (strength, start: LogisticRegression | undefined) =>
        averaged(
          drawn.map((clips) =>
            linearReader.fit(of(standardised, clips), labelsOf(clips), classes, strength, start),
          ),
        ),
      (fitted) => mean(chosenBy.map((clips) => logLoss(fitted, of(standardised, clips), labelsOf(clips)))),
    );
    const { l2, model } = await runSteps(fits, pause);
    return {
      network: withLastLayer(network, unstandardised(model, standardise)),
      facts: { l2, clips: fitting.length, drawn: drawn[0]?.length ?? 0 },
    };
  },
});

function requireClasses(fitting: readonly number[], labels: Int32Array, classes: number): void {
  const found = new Set(fitting.map((clip) => labels[clip])).size;
  if (found === classes) return;
  throw new UserError(
    `deep-feature-reweighting fits the last layer to half of the validation clips, and ${fitting.length} of them have ` +
      `${found} of the target's ${classes} classes: each needs two recordings in validation. Give validation more clips (split.fractions).`,
  );
}

/** As many of each group as the smallest has. */
function balancedDraw(clips: readonly number[], groups: readonly string[], random: Random): number[] {
  const members = [...groupBy(clips, (clip) => itemAt(groups, clip)).values()];
  const least = Math.min(...members.map(({ length }) => length));
  return members.flatMap((own) => random.shuffle(own).slice(0, least));
}
