import { float32, type Tensor, type Value } from 'onnx-autograd';
import { choosePenalty } from '../../analysis/choose-penalty.js';
import {
  type LogisticRegression,
  logLoss,
  standardiser,
  unstandardised,
} from '../../analysis/logistic-regression.js';
import { linearReader } from '../../analysis/probe-reader.js';
import { runSteps } from '../../analysis/run-steps.js';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { type LastLayer, lastLayerOf } from '../networks/head.js';
import type { Network } from '../networks/network.js';
import { withWeights } from '../networks/store.js';
import type { CorrectionParts } from './definition.js';

/**
 * What the last layer of a network looks at: `(batch, features)`, or maps whose mean it looks at.
 *
 * @throws UserError when its last layer is no plain product with a bias, behind which nothing but an average stands.
 */
export function lastLayerInput(network: Network): Value {
  const last = lastLayerOf(network);
  const [input] = last.node.inputs;
  if (input !== undefined && isPlain(last)) return input;
  throw new UserError(
    `The last layer "${last.node.name}" of the network "${network.graph.name}" cannot be fitted again: it must be a product ` +
      'of features and weights (Gemm, MatMul, or a convolution of 1 x 1) with a bias. Give the network such a layer.',
  );
}

function isPlain({ node, weight, bias }: LastLayer): boolean {
  const { alpha = 1, beta = 1, transA = 0, group = 1, strides = [1], pads = [0] } = node.attributes;
  if (bias === undefined || alpha !== 1 || beta !== 1 || transA !== 0) return false;
  if (node.operator !== 'Conv') return true;
  const areAll = (list: unknown, size: number) => Array.isArray(list) && list.every((one) => one === size);
  return group === 1 && areAll(strides, 1) && areAll(pads, 0) && areAll(weight.data?.dims.slice(2), 1);
}

/**
 * The network with another last layer.
 *
 * @param model of what {@link lastLayerInput} says, a class an output
 */
export function withLastLayer(network: Network, { classes, weights }: LogisticRegression): Network {
  const { weight, axis, bias } = lastLayerOf(network);
  if (weight.data === undefined || bias?.data === undefined)
    throw new RangeError(`The last layer of "${network.graph.name}" has no weights.`);
  const features = weights.length / classes - 1;
  const numbers = new Float32Array(classes * features);
  const offsets = new Float32Array(classes);
  for (let label = 0; label < classes; label++) {
    const row = weights.subarray(label * (features + 1), (label + 1) * (features + 1));
    offsets[label] = itemAt(row, features);
    for (const [i, value] of row.subarray(0, features).entries())
      numbers[axis === 0 ? label * features + i : i * classes + label] = value;
  }
  const changed: Record<string, Tensor> = {
    [weight.name]: float32(numbers, [...weight.data.dims]),
    [bias.name]: float32(offsets, [...bias.data.dims]),
  };
  return withWeights(network, changed);
}

/**
 * Fits the last layer again to the training clips, as a multinomial logistic regression; the strength of its penalty is
 * chosen by the cross-entropy on the validation clips, as an epoch is.
 */
export async function refittedOnTraining(
  network: Network,
  { classes, train, validation, observe, pause }: CorrectionParts,
): Promise<{ readonly network: Network; readonly l2: number }> {
  const vectors = await observe(network, lastLayerInput, train);
  const standardise = standardiser(vectors);
  const seen = vectors.map(standardise);
  const unseen = (await observe(network, lastLayerInput, validation)).map(standardise);
  const [labels, others] = [[...train.labels], [...validation.labels]];
  const fits = choosePenalty(
    (strength, start: LogisticRegression | undefined) =>
      linearReader.fit(seen, labels, classes, strength, start),
    (fitted) => logLoss(fitted, unseen, others),
  );
  const { l2, model } = await runSteps(fits, pause);
  return { network: withLastLayer(network, unstandardised(model, standardise)), l2 };
}
