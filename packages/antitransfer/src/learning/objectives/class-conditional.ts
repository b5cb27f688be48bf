import { expressions, type Value } from 'onnx-autograd';
import type { ClipSource, StepGraph } from './objective.js';

const { flatten, mul, softmax, unsqueeze } = expressions;

/** What the network predicts of clips, as constants: `(clips, classes)`, probabilities. */
export function predictedClasses(step: StepGraph, clips: ClipSource): Value {
  return step.constant(softmax(step.at(clips, step.network.logits), -1));
}

/** `(clips, n)` and `(clips, classes)` to `(clips, n * classes)`: every feature beside every class (Long and others 2018). */
export function outerProduct(features: Value, classes: Value): Value {
  return flatten(mul(unsqueeze(features, [2]), unsqueeze(classes, [1])));
}
