import { expressions } from 'onnx-autograd';
import { z } from 'zod';
import { defineObjective } from './definition.js';
import { frozenLikeness, likenessLook, likenessSettings } from './frozen-likeness.js';

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
    ...likenessSettings,
    ...likenessLook,
  }),
  measures: 'likeness in training batches',
  asksFrozen: true,
  label: () => 'prediction-independence',
  seesLabels: () => false,
  isPublished: () => false,
  create: (settings, parts) =>
    frozenLikeness(settings, parts, (step, { clips }) => softmax(step.at(clips, step.network.logits), -1)),
});
