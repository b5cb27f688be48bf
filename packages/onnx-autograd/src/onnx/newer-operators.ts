import { add, div, mul, reshape, shape, tanh } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { float, readFloat, readInt, readString } from '../graph/attributes.js';
import { knownOperator } from '../operators/catalogue.js';
import { float32 } from '../tensor.js';
import { type Conversion, type Draft, first } from './draft.js';

/** An operator of a later opset, `x/2 (1 + erf(x / sqrt 2))` or its approximation. */
export const gelu: Conversion = (draft) => {
  const x = first(draft);
  const approximate = readString(draft.attributes, 'approximate', 'none') === 'tanh';
  const inner = approximate
    ? tanh(mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
    : x.graph.apply('Erf', [div(x, Math.SQRT2)]);
  return { ...draft, operator: 'Mul', inputs: [mul(x, 0.5), add(inner, 1)], attributes: {} };
};

/** An operator of a later opset, `x tanh(softplus(x))`. */
export const mish: Conversion = (draft) => {
  const x = first(draft);
  return { ...draft, operator: 'Mul', inputs: [x, tanh(x.graph.apply('Softplus', [x]))], attributes: {} };
};

/**
 * Group normalization: instance normalization of the groups' channels taken together, then a scale and a bias, one a group
 * in opset 18, one a channel from 21 on.
 */
export const groupNormalization: Conversion = (draft, opset) => {
  const [x, scale, bias] = draft.inputs;
  const channels = x?.shape?.[1];
  if (!x || !scale || !bias || typeof channels !== 'number') {
    throw new OnnxFormatError('GroupNormalization: needs a known number of channels, a scale and a bias.');
  }
  const groups = readInt(draft.attributes, 'num_groups', 1);
  const epsilon = float(readFloat(draft.attributes, 'epsilon', 1e-5));
  const { graph } = x;
  const all = (value: number) => graph.constant(float32(new Float32Array(groups).fill(value)), 'group');
  const inputs = [reshape(x, [0, groups, -1]), all(1), all(0)];
  const normalised = graph.apply('InstanceNormalization', inputs, { epsilon });
  const own = shape(x);
  if (opset < 21) {
    const scaled = add(mul(normalised, reshape(scale, [groups, 1])), reshape(bias, [groups, 1]));
    return { ...draft, operator: 'Reshape', inputs: [scaled, own], attributes: {} };
  }
  const along = [channels, ...x.knownShape.slice(2).map(() => 1)];
  const scaled = mul(reshape(normalised, own), reshape(scale, along));
  return { ...draft, operator: 'Add', inputs: [scaled, reshape(bias, along)], attributes: {} };
};

/** Operators that came after opset 17 and are not brought back to it. */
const later: ReadonlySet<string> = new Set([
  ...['BitCast', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor', 'CausalConvWithState', 'DeformConv'],
  ...['ImageDecoder', 'LinearAttention', 'RegexFullMatch', 'StringConcat', 'StringSplit', 'TensorScatter'],
]);

/** Of any opset: what they make or take is no tensor. */
const ofSequences: ReadonlySet<string> = new Set([
  ...['ConcatFromSequence', 'Optional', 'OptionalGetElement', 'OptionalHasElement', 'SequenceAt'],
  ...['SequenceConstruct', 'SequenceEmpty', 'SequenceErase', 'SequenceInsert', 'SequenceLength'],
  ...['SequenceMap'],
]);

/** Of these the ones that quantise. */
const quantising: ReadonlySet<string> = new Set(['DequantizeLinear', 'QuantizeLinear']);

/** Those that take half precision since a later opset only. */
const halvedLater: Readonly<Record<string, number>> = { IsInf: 20, QLinearMatMul: 21 };

/** Values are tensors here: what makes or takes others is an error when it is read. */
export function refuseSequences({ operator }: Draft): void {
  if (!ofSequences.has(operator)) return;
  throw new OnnxFormatError(
    `${operator} makes or takes a sequence or an optional value; of these only sequences are read of which it is known what is in ` +
      'them, such as the parts of a SplitToSequence, at places that are constants. Export the network without it.',
  );
}

/** A file is written in opset 17: what cannot be said in it is an error when it is read. */
export function refuseNewer({ operator, inputs }: Draft): void {
  if (operator in halvedLater && inputs.some((input) => input?.type === 'float16')) {
    throw new OnnxFormatError(
      `${operator} takes float16 since opset ${halvedLater[operator]}; files are brought to opset 17. Cast to float32 before it.`,
    );
  }
  if (knownOperator({ operator, domain: '' }) !== undefined) return;
  if (later.has(operator)) {
    throw new OnnxFormatError(
      `${operator} is not there in opset 17, to which files are brought. Write what it computes with older operators.`,
    );
  }
  if (quantising.has(operator)) {
    throw new OnnxFormatError(
      `${operator}: the network is quantised, and quantised layers are not trained. Export it before it is quantised; or, to ` +
        'train only what is behind them, with opset 17.',
    );
  }
}
