import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { adversary, adversarySettings } from './adversary.js';
import { fedBeta } from './beta.js';
import { outerProduct, predictedClasses } from './class-conditional.js';
import { defineObjective } from './definition.js';
import { frozenStatement, standardisedOverBatch } from './frozen-statement.js';
import { averagedMaps, frozenTapSetting, lookOf, lookSettings } from './look.js';

const { logSoftmax, mean, mul, neg, square, sub, sum } = expressions;

/**
 * Conditional adversarial anti-transfer: an adversary predicts what the frozen network says of a clip from the outer
 * product of our averaged maps and our own predicted probabilities, so that only what does not belong to the class is
 * removed. It needs no orthogonal label of any clip.
 */
export const conditionalAdversary = defineObjective({
  name: 'conditional-adversary',
  description:
    'An adversary predicts what the frozen network says from features x predicted classes; its gradient is reversed',
  paper: 'this toolkit, after Long and others 2018 (CDAN), arXiv 1705.10667',
  settings: z.strictObject({
    kind: z.literal('conditional-adversary'),
    ...adversarySettings,
    beta: adversarySettings.beta
      .unwrap()
      .default(3)
      .describe(adversarySettings.beta.description ?? ''),
    predict: z
      .enum(['features', 'answers'])
      .default('features')
      .describe(
        "The frozen network's averaged maps at the tap, standardised over the batch; or its class probabilities",
      ),
    conditional: z
      .boolean()
      .default(true)
      .describe('From features x predicted classes; false for the features only'),
    ...lookSettings('auxiliary'),
    ...frozenTapSetting,
    shuffled: z
      .boolean()
      .default(false)
      .describe('A control: predicts what the frozen network says of another clip'),
  }),
  measures: 'loss of the adversary',
  asksFrozen: true,
  label: () => 'conditional-adversary',
  seesLabels: () => false,
  isPublished: () => false,
  create: (settings, parts) => {
    const { name, task, frozen } = parts;
    const look = lookOf(settings, parts);
    const predictsFeatures = settings.predict === 'features';
    const asked = {
      what: settings.predict,
      frozen,
      tap: settings.frozenTap ?? look.at.tap,
      position: look.at.position,
    };
    const answer = frozenStatement({ ...asked, clips: look.clips, shuffled: settings.shuffled });
    const outputs = sizeAt(answer.value, 1);
    return {
      name,
      settings: { ...settings, kind: 'conditional-adversary', ...look.at, task },
      auxiliary: look.auxiliary,
      frozen: [answer],
      term: (step) => {
        const classes = predictedClasses(step, look.clips);
        const join = (features: Value) => (settings.conditional ? outerProduct(features, classes) : features);
        const predicted = adversary(step, averagedMaps(step, look), settings, outputs, join);
        const answers = step.frozen(settings.predict);
        const loss = predictsFeatures
          ? meanSquaredError(predicted, standardisedOverBatch(answers))
          : softCrossEntropy(predicted, answers);
        step.measure(name, loss);
        return loss;
      },
      feeds: fedBeta(settings),
    };
  },
});

function meanSquaredError(predicted: Value, wanted: Value): Value {
  return mean(square(sub(predicted, wanted)), undefined, false);
}

/** Cross-entropy with probabilities instead of labels. */
function softCrossEntropy(logits: Value, probabilities: Value): Value {
  return neg(mean(sum(mul(probabilities, logSoftmax(logits, -1)), [1], false), undefined, false));
}
