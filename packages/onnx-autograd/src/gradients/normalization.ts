import {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  expand,
  mean,
  mul,
  neg,
  type Operand,
  pow,
  reshape,
  shape,
  sign,
  sqrt,
  square,
  sub,
  sum,
  where,
} from '../building/expressions.js';
import type { Graph } from '../building/graph.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readFloat, readInt } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { sizeAt, type Value } from '../graph/value.js';
import { toNumbers } from '../tensor.js';
import {
  type GradientContext,
  type GradientRule,
  type ManyOutputsRule,
  required,
  zerosLike,
} from './rule.js';
import { elementCountAlong } from './sizes.js';

/**
 * `y = softmax(x)`: `dx = y (dy - sum(dy y))`. Where all of `x` is hidden (minus infinity), `y` is not a number; networks that
 * expect it take 0 instead, as attention is exported. No gradient passes there, where 0 times what is no number would be none.
 */
export const softmax: GradientRule = (context) => {
  const answers = context.outputs[0] as Value;
  // What is no number equals nothing, not even itself.
  const y = isReplaced(context.graph, answers) ? where(equal(answers, answers), answers, 0) : answers;
  const weighted = mul(context.dy, y);
  return [sub(weighted, mul(y, sum(weighted, [softmaxAxis(context)])))];
};

/** Whether other numbers are taken in place of some of a value's. */
function isReplaced(graph: Graph, value: Value): boolean {
  return graph.nodes.some(({ operator, inputs, outputs }) => {
    if (!inputs.includes(value)) return false;
    const [copy] = outputs;
    if ((operator === 'Cast' || operator === 'Identity') && copy) return isReplaced(graph, copy);
    return operator === 'IsNaN' || operator === 'Where';
  });
}

/** `y = log softmax(x)`: `dx = dy - softmax(x) sum(dy)`. */
export const logSoftmax: GradientRule = (context) => {
  const y = context.outputs[0] as Value;
  return [sub(context.dy, mul(exp(y), sum(context.dy, [softmaxAxis(context)])))];
};

function softmaxAxis(context: GradientContext): number {
  return readInt(context.node.attributes, 'axis', -1);
}

/** Sums over everything but the channels; one value a channel. (Two steps: ONNX Runtime runs each on all cores.) */
export function sumPerChannel(x: Value): Value {
  return sum(x.rank > 2 ? sum(reshape(x, [0, 0, -1]), [2], false) : x, [0], false);
}

/** `(channels)` as `(channels, 1, 1 …)`, to be broadcast over a map of that rank. */
export function perChannel(x: Value, rank: number): Value {
  return reshape(x, [-1, ...new Array<number>(rank - 2).fill(1)]);
}

/**
 * `y = scale n + bias` with `n` the input brought to mean 0 and deviation 1 along some axes, in training and evaluation
 * alike (Ba et al. 2016). `broadcast` makes scale fit the input.
 */
function normalizedAlong(axes: readonly number[], broadcast: (scale: Value) => Value): GradientRule {
  return (context) => {
    const { dy } = context;
    const [x, scale] = [required(context, 0), required(context, 1)];
    const epsilon = readFloat(context.node.attributes, 'epsilon', 1e-5);
    const along = (value: Value) => mean(value, axes);
    const centred = sub(x, along(x));
    const deviation = sqrt(add(along(square(centred)), epsilon));
    const normalized = div(centred, deviation);
    const dx = () => {
      const toNormalized = mul(dy, broadcast(scale));
      const parallel = mul(normalized, along(mul(toNormalized, normalized)));
      return div(sub(sub(toNormalized, along(toNormalized)), parallel), deviation);
    };
    return [
      context.wants(0) ? dx() : undefined,
      context.wants(1) ? mul(dy, normalized) : undefined,
      context.wants(2) ? dy : undefined,
    ];
  };
}

/** Mean and inverse deviation are outputs, too: that of deviation moves as `-r^3 c / n`, with `c` the centred input. */
export const layerNormalization: ManyOutputsRule = {
  everyOutput(context) {
    const x = required(context, 0);
    const { dys, wants } = context;
    const first = normaliseAxis(readInt(context.node.attributes, 'axis', -1), x.rank, 'LayerNormalization');
    const axes = Array.from({ length: x.rank - first }, (_, i) => first + i);
    const [dy, ...statistics] = dys;
    const found = dy
      ? normalizedAlong(axes, (scale) => scale)({ ...context, dy })
      : context.inputs.map((input, i) => (input && wants(i) ? zerosLike(input) : undefined));
    if (!wants(0) || statistics.every((one) => one === undefined)) return found;
    const [dMean, dInverse] = statistics.map((one) => one && cast(one, x.type));
    const epsilon = readFloat(context.node.attributes, 'epsilon', 1e-5);
    const count = elementCountAlong(x, axes);
    const toDeviation = (slope: Value) => {
      const centred = sub(x, mean(x, axes));
      const power = pow(add(mean(square(centred), axes), epsilon), -1.5);
      return neg(mul(mul(slope, power), div(centred, count)));
    };
    const parts = [
      ...(dy ? [found[0] as Value] : []),
      ...(dMean ? [expand(div(dMean, count), shape(x))] : []),
      ...(dInverse ? [toDeviation(dInverse)] : []),
    ];
    return [parts.reduce((sum, part) => add(sum, part)), ...found.slice(1)];
  },
};

/** `y = x / |x|` along an axis, with the sum of absolute values or the Euclidean length; nothing where that is 0. */
export const lpNormalization: GradientRule = (context) => {
  const { attributes } = context.node;
  const { dy } = context;
  const x = required(context, 0);
  const y = context.outputs[0] as Value;
  const axes = [readInt(attributes, 'axis', -1)];
  const isSum = readInt(attributes, 'p', 2) === 1;
  const length = isSum ? sum(abs(x), axes) : sqrt(sum(square(x), axes));
  const parallel = mul(isSum ? sign(x) : y, sum(mul(dy, y), axes));
  return [where(equal(length, 0), 0, div(sub(dy, parallel), where(equal(length, 0), 1, length)))];
};

/** Scale and bias have one number a channel. */
export const instanceNormalization: GradientRule = (context) => {
  const { rank } = required(context, 0);
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  const [dx, toScale, toBias] = normalizedAlong(axes, (scale) => perChannel(scale, rank))(context);
  return [dx, toScale && sumPerChannel(toScale), toBias && sumPerChannel(toBias)];
};

/**
 * `y = x / s^beta`, `s = bias + alpha / size * (sum of squares of the neighbouring channels)` (Krizhevsky et al. 2012,
 * section 3.3): besides its own, an element has a share in the `s` of every channel that it neighbours.
 */
export const localResponseNormalization: GradientRule = (context) => {
  const { attributes } = context.node;
  const { dy } = context;
  const x = required(context, 0);
  const y = context.outputs[0] as Value;
  const [alpha, beta] = [readFloat(attributes, 'alpha', 1e-4), readFloat(attributes, 'beta', 0.75)];
  const size = readInt(attributes, 'size', 1);
  const before = Math.floor((size - 1) / 2);
  const neighbours = (value: Value, above: number) => {
    const maps = reshape(value, [0, 1, sizeAt(x, 1), -1]);
    const pads = [above, 0, size - 1 - above, 0];
    const kernel = { kernel_shape: [size, 1], pads, count_include_pad: 1 };
    return reshape(value.graph.apply('AveragePool', [maps], kernel), shape(x));
  };
  const s = add(mul(neighbours(square(x), before), alpha), readFloat(attributes, 'bias', 1));
  // An element that lies before a channel has that channel behind it.
  const shares = neighbours(div(mul(dy, y), s), size - 1 - before);
  return [sub(div(dy, pow(s, beta)), mul(x, mul(shares, 2 * alpha * beta)))];
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
  if (!isTraining) return [context.dy, ratio && context.wants(1) ? zerosLike(ratio) : undefined];
  const kept = context.outputs[1];
  const share = keptShare(ratio);
  if (share === 1) return [context.dy];
  if (kept === undefined) {
    throw new UnsupportedOperatorError(
      'Dropout',
      context.node.name,
      'in training mode its mask must be an output.',
    );
  }
  const { type } = context.dy;
  const scaled = (mask: Value) =>
    typeof share === 'number' ? mul(mask, 1 / share) : div(mask, cast(share, type));
  return [mul(context.dy, scaled(cast(kept, type)))];
};

/** The part of the elements that dropout keeps, computed where its ratio is told when the graph runs. */
function keptShare(ratio: Value | undefined): Operand {
  if (ratio === undefined) return 0.5;
  const told = ratio.data && toNumbers(ratio.data)[0];
  return told === undefined ? sub(1, ratio) : 1 - told;
}
