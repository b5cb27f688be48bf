import {
  add,
  div,
  globalAveragePool,
  mean,
  mul,
  neg,
  reshape,
  sqrt,
  square,
  sub,
} from '../building/expressions.js';
import { readFloat, readInt } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { perChannel, sumPerChannel } from './normalization.js';
import { type GradientContext, type ManyOutputsRule, required, zerosLike } from './rule.js';
import { elementCountAlong } from './sizes.js';

type Context = Omit<GradientContext, 'dy'>;

/**
 * In training the mean and variance are those of the batch, so they depend on every input (Ioffe and Szegedy 2015,
 * section 3); in evaluation they are constants.
 */
export const batchNormalization: ManyOutputsRule = {
  everyOutput(context) {
    const training = readInt(context.node.attributes, 'training_mode', 0) === 1;
    const [dy, ...statistics] = context.dys;
    const found = dy
      ? throughNormalized(context, dy, training)
      : context.inputs.map((input, i) => (input && context.wants(i) ? zerosLike(input) : undefined));
    if (!training) return found;
    const [mean, variance] = statistics;
    return throughStatistics(context, found, mean, variance);
  },
};

function throughNormalized(context: Context, dy: Value, training: boolean): (Value | undefined)[] {
  const { node, wants } = context;
  const [x, scale, , runningMean, runningVariance] = [0, 1, 2, 3, 4].map((i) => required(context, i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const epsilon = readFloat(node.attributes, 'epsilon', 1e-5);
  const wide = (value: Value) => perChannel(value, x.rank);
  const centred = sub(x, training ? batchMean(x) : wide(runningMean));
  const variance = training ? batchMean(square(centred)) : wide(runningVariance);
  const deviation = sqrt(add(variance, epsilon));
  const factor = div(wide(scale), deviation);
  const toBias = sumPerChannel(dy);
  const toScale = div(sumPerChannel(mul(dy, centred)), reshape(deviation, [-1]));
  const dx = () => {
    if (!training) return mul(dy, factor);
    const share = div(factor, elementCountAlong(x, batchAxes(x)));
    // factor (dy - mean(dy) - normalised mean(dy normalised)), with what is one number a channel put together first.
    const slope = mul(share, div(wide(toScale), deviation));
    return sub(sub(mul(dy, factor), mul(centred, slope)), mul(share, wide(toBias)));
  };
  const toVariance = () => mul(div(mul(toScale, reshape(factor, [-1])), reshape(deviation, [-1])), -0.5);
  return [
    wants(0) ? dx() : undefined,
    toScale,
    toBias,
    !training && wants(3) ? neg(mul(toBias, reshape(factor, [-1]))) : undefined,
    !training && wants(4) ? toVariance() : undefined,
  ];
}

/** The next running statistics are those before, times the momentum, and for the rest those of the batch. */
function throughStatistics(
  context: Context,
  found: readonly (Value | undefined)[],
  dMean: Value | undefined,
  dVariance: Value | undefined,
): (Value | undefined)[] {
  const { wants } = context;
  const momentum = readFloat(context.node.attributes, 'momentum', 0.9);
  const [own, toScale, toBias] = found;
  const kept = (position: number, slope: Value | undefined) => {
    if (!wants(position)) return undefined;
    return slope ? mul(slope, momentum) : zerosLike(required(context, position));
  };
  const toInput = (x: Value) => {
    const share = (slope: Value) =>
      div(mul(perChannel(slope, x.rank), 1 - momentum), elementCountAlong(x, batchAxes(x)));
    const toMean = dMean && share(dMean);
    const toVariance = dVariance && mul(mul(share(dVariance), 2), sub(x, batchMean(x)));
    return [own, toVariance, toMean].reduce((sum, part) => (sum && part ? add(sum, part) : (sum ?? part)));
  };
  return [
    wants(0) ? toInput(required(context, 0)) : own,
    ...[toScale, toBias, kept(3, dMean), kept(4, dVariance)],
  ];
}

function batchMean(x: Value): Value {
  return mean(x.rank > 2 ? globalAveragePool(x) : x, [0], true);
}

function batchAxes(x: Value): number[] {
  return x.knownShape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
}
