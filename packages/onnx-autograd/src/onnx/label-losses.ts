import {
  cast,
  div,
  equal,
  gather,
  logSoftmax,
  mul,
  neg,
  squeeze,
  sum,
  unsqueeze,
} from '../building/expressions.js';
import { classesOf, maskedLosses, type SafeLabels, safeLabels } from '../building/losses/labels.js';
import { OnnxFormatError } from '../errors.js';
import { type Attributes, readInt, readString } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { int64 } from '../tensor.js';
import { type Draft, first, type Lowering, named } from './draft.js';

/** The labels, and the weights of classes if there are some. */
interface Labelled {
  readonly labels: Value;
  readonly weights: Value | undefined;
  readonly attributes: Attributes;
}

/** `NegativeLogLikelihoodLoss`: of logarithms of probabilities, `(batch, classes, ...positions)`. */
export const negativeLogLikelihood: Lowering = (draft) => {
  const [y = ''] = draft.outputs;
  const logs = first(draft);
  return [
    named(
      inOwnType(logs, (wide) => lossOf(wide, labelled(draft))),
      y,
    ),
  ];
};

/** `SoftmaxCrossEntropyLoss`: of what is before a softmax; the logarithms of the probabilities are its second output. */
export const softmaxCrossEntropy: Lowering = (draft) => {
  const [y = '', second = ''] = draft.outputs;
  const scores = first(draft);
  const logs = inOwnType(scores, (wide) => logSoftmax(wide, 1));
  const loss = inOwnType(logs, (wide) => lossOf(wide, labelled(draft)));
  return [named(loss, y), ...(second ? [named(logs, second)] : [])];
};

/** Half precision is computed in single. */
function inOwnType(x: Value, make: (wide: Value) => Value): Value {
  return x.type === 'float16' ? cast(make(cast(x, 'float32')), 'float16') : make(x);
}

function labelled({ operator, inputs: [, labels, weights], attributes }: Draft): Labelled {
  if (!labels) throw new OnnxFormatError(`${operator}: its labels are missing.`);
  return { labels, weights: weights && fixed(weights), attributes };
}

/** How much classes count is not learned: as an initializer it would look like an embedding of the labels. */
function fixed(weights: Value): Value {
  const { graph, data, constant, name, role } = weights;
  return data && !constant && role !== 'parameter' ? graph.constant(data, `${name}_of_classes`) : weights;
}

/** What each label's logarithm costs, times the weight of its class, and how these are put together. */
function lossOf(logs: Value, { labels, weights, attributes }: Labelled): Value {
  const safe = safeLabelsOf(labels, classesOf(logs), attributes);
  const places = unsqueeze(safe.labels, [1]);
  const plain = neg(squeeze(logs.graph.apply('GatherElements', [logs, places], { axis: 1 }), [1]));
  const chosen = weights && gather(cast(weights, logs.type), safe.labels, 0);
  const counted = safe.kept && cast(safe.kept, logs.type);
  const weight = chosen && counted ? mul(chosen, counted) : (chosen ?? counted);
  const losses = maskedLosses(chosen ? mul(plain, chosen) : plain, safe);
  const axes = losses.knownShape.map((_, axis) => axis);
  switch (readString(attributes, 'reduction', 'mean')) {
    case 'none':
      return losses;
    case 'sum':
      return sum(losses, axes, false);
    default:
      return weight === undefined
        ? losses.graph.apply('ReduceMean', [losses], { axes, keepdims: 0 })
        : div(sum(losses, axes, false), sum(weight, axes, false));
  }
}

/** Labels that can be looked up. The standard lets one of the classes be ignored, too. */
function safeLabelsOf(labels: Value, classes: number | undefined, attributes: Attributes): SafeLabels {
  if (attributes.ignore_index === undefined) return safeLabels(labels, classes);
  const ignored = readInt(attributes, 'ignore_index', 0);
  if (!(ignored >= 0 && ignored < (classes ?? Number.POSITIVE_INFINITY))) {
    return safeLabels(labels, classes, ignored);
  }
  const { graph } = labels;
  const whole = cast(graph.constant(int64(ignored), 'ignored'), labels.type);
  return { ...safeLabels(labels, classes), kept: graph.apply('Not', [equal(labels, whole)]) };
}
