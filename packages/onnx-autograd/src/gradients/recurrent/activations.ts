import {
  abs,
  add,
  concat,
  exp,
  expand,
  greater,
  greaterOrEqual,
  indicator,
  mul,
  relu,
  shape,
  sigmoid,
  slice,
  square,
  sub,
  tanh,
  where,
} from '../../building/expressions.js';
import { UnsupportedOperatorError } from '../../errors.js';
import { type Attributes, float, readStrings } from '../../graph/attributes.js';
import type { Node, Value } from '../../graph/value.js';
import { float32 } from '../../tensor.js';
import { slopeOfSigmoid, slopeOfTanh } from './slopes.js';

/** What a recurrent layer makes of the sums of gates, stacked. */
export interface Activation {
  of(sums: Value): Value;
  /** The slope, from the sums or from what was made of them. */
  slope(sums: () => Value, made: Value): Value;
}

interface Form {
  /** What `alpha` and `beta` are where the lists do not tell; one that is absent must be told, or is not asked for. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly asks: readonly ('alpha' | 'beta')[];
  make(alpha: number, beta: number): Activation;
}

const steady = (value: number, like: Value) =>
  expand(like.graph.constant(float32(value), 'slope'), shape(like));

/** By their names in the standard, in small letters. */
const forms: Readonly<Record<string, Form>> = {
  sigmoid: {
    asks: [],
    make: () => ({ of: sigmoid, slope: (_, y) => slopeOfSigmoid(y) }),
  },
  tanh: { asks: [], make: () => ({ of: tanh, slope: (_, y) => slopeOfTanh(y) }) },
  relu: { asks: [], make: () => ({ of: relu, slope: (_, y) => indicator(y) }) },
  softsign: {
    asks: [],
    make: () => ({
      of: (x) => x.graph.apply('Softsign', [x]),
      slope: (_, y) => square(sub(1, abs(y))),
    }),
  },
  softplus: {
    asks: [],
    make: () => ({ of: (x) => x.graph.apply('Softplus', [x]), slope: (x) => sigmoid(x()) }),
  },
  affine: {
    asks: ['alpha', 'beta'],
    make: (alpha, beta) => ({
      of: (x) => add(mul(x, alpha), beta),
      slope: (_, y) => steady(alpha, y),
    }),
  },
  leakyrelu: {
    asks: ['alpha'],
    alpha: 0.01,
    make: (alpha) => ({
      of: (x) => x.graph.apply('LeakyRelu', [x], { alpha: float(alpha) }),
      slope: (x) => where(greater(x(), 0), 1, alpha),
    }),
  },
  // The standard's default is 1, and ONNX Runtime takes another.
  thresholdedrelu: {
    asks: ['alpha'],
    make: (alpha) => ({
      of: (x) => where(greater(x, alpha), x, 0),
      slope: (x) => where(greater(x(), alpha), 1, 0),
    }),
  },
  scaledtanh: {
    asks: ['alpha', 'beta'],
    make: (alpha, beta) => ({
      of: (x) => mul(tanh(mul(x, beta)), alpha),
      slope: (x) => mul(slopeOfTanh(tanh(mul(x(), beta))), alpha * beta),
    }),
  },
  hardsigmoid: {
    asks: ['alpha', 'beta'],
    alpha: 0.2,
    beta: 0.5,
    make: (alpha, beta) => ({
      of: (x) => x.graph.apply('HardSigmoid', [x], { alpha: float(alpha), beta: float(beta) }),
      slope: (_, y) => mul(indicator(mul(y, sub(1, y))), alpha),
    }),
  },
  elu: {
    asks: ['alpha'],
    alpha: 1,
    make: (alpha) => ({
      of: (x) => where(greaterOrEqual(x, 0), x, mul(sub(exp(x), 1), alpha)),
      slope: (x, y) => where(greater(x(), 0), 1, add(y, alpha)),
    }),
  },
};

/** The activations of a layer that was told none. */
const usual: Readonly<Record<string, readonly string[]>> = {
  LSTM: ['sigmoid', 'tanh', 'tanh'],
  GRU: ['sigmoid', 'tanh'],
  RNN: ['tanh'],
};

/**
 * The activations of a layer, in the order of the standard. Those of two directions may differ.
 *
 * @throws UnsupportedOperatorError for one that the standard does not know, or whose numbers are missing.
 */
export function activationsOf(node: Node): readonly Activation[] {
  const own = usual[node.operator] ?? [];
  const given = readStrings(node.attributes, 'activations');
  const names = given?.length ? given : own;
  const numbers = [listOf(node.attributes, 'activation_alpha'), listOf(node.attributes, 'activation_beta')];
  // The lists have a number for each activation that asks for one, in their order.
  const all = names.map((name) => activation(node, name, numbers));
  return own.map((_, i) => inDirections(all[i] as Made, all[i + own.length]));
}

function listOf(attributes: Attributes, name: string): number[] {
  const list = attributes[name];
  return typeof list === 'object' && 'floats' in list ? [...list.floats] : [];
}

interface Made {
  readonly key: string;
  readonly activation: Activation;
}

/** @param numbers the lists of `alpha` and `beta`, of which what is asked for is taken away. */
function activation(node: Node, name: string, numbers: readonly number[][]): Made {
  const form = Object.hasOwn(forms, name.toLowerCase()) ? forms[name.toLowerCase()] : undefined;
  if (form === undefined) {
    throw new UnsupportedOperatorError(
      node.operator,
      node.name,
      `its activation "${name}" has no gradient; those of the standard have: ${Object.keys(forms).join(', ')}.`,
    );
  }
  const told = (['alpha', 'beta'] as const).map((which, i) => {
    if (!form.asks.includes(which)) return 0;
    const value = numbers[i]?.shift() ?? form[which];
    if (value !== undefined) return value;
    throw new UnsupportedOperatorError(
      node.operator,
      node.name,
      `its activation "${name}" must be told its ${which}: name one in activation_${which}.`,
    );
  });
  const [alpha = 0, beta = 0] = told;
  return { key: `${name.toLowerCase()} ${told}`, activation: form.make(alpha, beta) };
}

/** One of the activations, in one direction or both. */
function inDirections(first: Made, second: Made | undefined): Activation {
  if (second === undefined || first.key === second.key) return first.activation;
  const each = (of: (one: Activation, part: (x: Value) => Value) => Value) => {
    const parts = [first, second].map(({ activation: one }, i) =>
      of(one, (x) => slice(x, [i], [i + 1], [0])),
    );
    return concat(parts as [Value, ...Value[]], 0);
  };
  return {
    of: (x) => each((one, part) => one.of(part(x))),
    slope: (x, y) => each((one, part) => one.slope(() => part(x()), part(y))),
  };
}
