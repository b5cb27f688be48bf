import { expressions, sizeAt, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { tapped } from '../networks/network.js';
import { adversary, adversarySettings } from './adversary.js';
import { averageOverSpace } from './average-over-space.js';
import { fedBeta } from './beta.js';
import { auxiliaryTasks, clipsOf, defineObjective, frozenTapSetting, lookSettings } from './definition.js';
import type { FrozenAnswer } from './objective.js';

const { div, flatten, logSoftmax, maximum, mean, mul, neg, softmax, sqrt, square, sub, sum, unsqueeze } =
  expressions;

/** Below this variance over the clips a feature of the frozen network counts as constant. */
const varianceFloor = 1e-8;

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
  label: () => 'conditional-adversary',
  seesLabels: () => false,
  isPublished: () => false,
  create: (settings, { name, task, frozen, tap }) => {
    const clips = clipsOf(settings.clips, task.name);
    const at = { tap: settings.tap ?? tap.name, position: settings.position ?? tap.position };
    const predictsFeatures = settings.predict === 'features';
    const answer: FrozenAnswer = {
      key: settings.predict,
      clips,
      network: frozen,
      value: predictsFeatures ? tapped(frozen, settings.frozenTap ?? at.tap, at.position) : frozen.logits,
      prepare: predictsFeatures ? averageOverSpace : (logits) => softmax(logits, -1),
      shuffled: settings.shuffled,
    };
    const outputs = sizeAt(answer.value, 1);
    return {
      name,
      settings: { ...settings, kind: 'conditional-adversary', ...at, task },
      auxiliary: auxiliaryTasks(settings.clips, task.name),
      frozen: [answer],
      term: (step) => {
        const maps = step.at(clips, tapped(step.network, at.tap, at.position));
        const classes = step.constant(softmax(step.at(clips, step.network.logits), -1));
        const join = (features: Value) => (settings.conditional ? outerProduct(features, classes) : features);
        const predicted = adversary(step, averageOverSpace(maps), settings, outputs, join);
        const answers = step.frozen(settings.predict);
        const loss = predictsFeatures
          ? meanSquaredError(predicted, overBatch(answers))
          : softCrossEntropy(predicted, answers);
        step.measure(name, loss);
        return loss;
      },
      feeds: fedBeta(settings),
    };
  },
});

/** `(clips, n)` and `(clips, classes)` to `(clips, n * classes)`. */
function outerProduct(features: Value, classes: Value): Value {
  return flatten(mul(unsqueeze(features, [2]), unsqueeze(classes, [1])));
}

/** Each column less its mean over the clips, divided by its deviation. */
function overBatch(columns: Value): Value {
  const centred = sub(columns, mean(columns, [0]));
  return div(centred, sqrt(maximum(mean(square(centred), [0]), varianceFloor)));
}

function meanSquaredError(predicted: Value, wanted: Value): Value {
  return mean(square(sub(predicted, wanted)), undefined, false);
}

/** Cross-entropy with probabilities instead of labels. */
function softCrossEntropy(logits: Value, probabilities: Value): Value {
  return neg(mean(sum(mul(probabilities, logSoftmax(logits, -1)), [1], false), undefined, false));
}
