import { UnsupportedOperatorError } from '../errors.js';
import {
  add,
  cast,
  div,
  exp,
  globalAveragePool,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
} from '../expressions.js';
import { readFloat, readInt } from '../graph/attributes.js';
import type { Value } from '../graph/graph.js';
import { toNumbers } from '../tensor.js';
import { type GradientContext, type GradientRule, required } from './rule.js';
import { elementCountAlong } from './sizes.js';

/** `y = softmax(x)`: `dx = y (dy - sum(dy y))`. */
export const softmax: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  const weighted = mul(context.dy, y);
  return [sub(weighted, mul(y, sum(weighted, [softmaxAxis(context)])))];
};

/** `y = log softmax(x)`: `dx = dy - softmax(x) sum(dy)`. */
export const logSoftmax: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  return [sub(context.dy, mul(exp(y), sum(context.dy, [softmaxAxis(context)])))];
};

function softmaxAxis(context: GradientContext): number {
  return readInt(context.node.attributes, 'axis', -1);
}

/** Sums over everything but the channels; one value a channel. (Two steps: ONNX Runtime runs each on all cores.) */
function sumPerChannel(x: Value): Value {
  return sum(x.rank > 2 ? sum(reshape(x, [0, 0, -1]), [2], false) : x, [0], false);
}

/** `(channels)` as `(channels, 1, 1 …)`, to be broadcast over a map of that rank. */
function perChannel(x: Value, rank: number): Value {
  return reshape(x, [-1, ...new Array<number>(rank - 2).fill(1)]);
}

/**
 * In training the mean and variance are those of the batch, so they depend on every input (Ioffe and Szegedy 2015,
 * section 3); in evaluation they are constants.
 */
export const batchNormalization: GradientRule = (context) => {
  const { dy, node } = context;
  const [x, scale, , runningMean, runningVariance] = [0, 1, 2, 3, 4].map((i) => required(context, i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const epsilon = readFloat(node.attributes, 'epsilon', 1e-5);
  const training = readInt(node.attributes, 'training_mode', 0) === 1;
  const wide = (value: Value) => perChannel(value, x.rank);
  const batchMean = (value: Value) => mean(x.rank > 2 ? globalAveragePool(value) : value, [0], true);
  const centred = sub(x, training ? batchMean(x) : wide(runningMean));
  const variance = training ? batchMean(square(centred)) : wide(runningVariance);
  const deviation = sqrt(add(variance, epsilon));
  const factor = div(wide(scale), deviation);
  const toBias = sumPerChannel(dy);
  const toScale = div(sumPerChannel(mul(dy, centred)), reshape(deviation, [-1]));
  const dx = () => {
    if (!training) return mul(dy, factor);
    const axes = x.knownShape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const share = div(factor, elementCountAlong(x, axes));
    // factor (dy - mean(dy) - normalised mean(dy normalised)), with what is one number a channel put together first.
    const slope = mul(share, div(wide(toScale), deviation));
    return sub(sub(mul(dy, factor), mul(centred, slope)), mul(share, wide(toBias)));
  };
  return [context.wants(0) ? dx() : undefined, toScale, toBias];
};

/** In evaluation nothing is dropped; in training the second output tells what was kept. */
export const dropout: GradientRule = (context) => {
  const [, ratio, training] = context.inputs;
  if (training !== undefined && training.data === undefined) {
    throw new UnsupportedOperatorError(
      'Dropout',
      context.node.name,
      'whether it trains must be known before the graph runs.',
    );
  }
  const isTraining = training?.data !== undefined && Boolean(toNumbers(training.data)[0]);
  if (!isTraining) return [context.dy];
  const kept = context.outputs[1];
  if (kept === undefined) {
    throw new UnsupportedOperatorError(
      'Dropout',
      context.node.name,
      'in training mode its mask must be an output.',
    );
  }
  const probability = ratio?.data ? (toNumbers(ratio.data)[0] ?? 0.5) : 0.5;
  return [mul(context.dy, mul(cast(kept, context.dy.type), 1 / (1 - probability)))];
};
