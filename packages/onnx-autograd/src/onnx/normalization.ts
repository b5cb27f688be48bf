import { add, div, equal, mean, mul, sqrt, square, sub, where } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { float, readFloat, readInt, readInts } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import { type Draft, first, type Lowering } from './draft.js';

/** `x / sqrt(mean(x^2) + epsilon)` over all axes from one on (Zhang and Sennrich 2019). */
function byRootMeanSquare(x: Value, axis: number, epsilon: number): Value {
  const from = normaliseAxis(axis, x.rank, 'RMSNormalization');
  const axes = Array.from({ length: x.rank - from }, (_, i) => from + i);
  return div(x, sqrt(add(mean(square(x), axes), epsilon)));
}

/** `RMSNormalization` of opset 23, which ONNX Runtime also calls `SimplifiedLayerNormalization`. */
export const rmsNormalization: Lowering = (draft) => {
  const [, scale] = draft.inputs;
  const { attributes, operator, outputs } = draft;
  if (!scale) throw new OnnxFormatError(`${operator}: its scale is missing.`);
  if (outputs[1]) throw new OnnxFormatError(`${operator}: its second output is not read.`);
  const axis = readInt(attributes, 'axis', -1);
  const normalised = byRootMeanSquare(first(draft), axis, readFloat(attributes, 'epsilon', 1e-5));
  return [{ operator: 'Mul', inputs: [normalised, scale], attributes: {}, outputs: outputs.slice(0, 1) }];
};

/** ONNX Runtime's normalization of a sum; the sum itself is its fourth output. */
function ofSum(write: (sum: Value, others: Draft['inputs'], epsilon: number) => Omit<Draft, 'outputs'>) {
  return (hasBeta: boolean): Lowering =>
    ({ operator, inputs: [x, skip, gamma, ...others], attributes, outputs }) => {
      if (!x || !skip || !gamma) throw new OnnxFormatError(`${operator}: an input is missing.`);
      if (outputs[1] || outputs[2])
        throw new OnnxFormatError(`${operator}: its mean and deviation as outputs are not read.`);
      const bias = others[hasBeta ? 1 : 0];
      const joined = bias ? add(add(x, skip), bias) : add(x, skip);
      const epsilon = readFloat(attributes, 'epsilon', 1e-5);
      const made = write(joined, [gamma, ...(hasBeta && others[0] ? [others[0]] : [])], epsilon);
      const [y = '', , , sum] = outputs;
      return [
        { ...made, outputs: [y] },
        ...(sum ? [{ operator: 'Identity', inputs: [joined], attributes: {}, outputs: [sum] }] : []),
      ];
    };
}

/** `SkipLayerNormalization`. */
export const layerNormalizationOfSum = ofSum((sum, others, epsilon) => ({
  operator: 'LayerNormalization',
  inputs: [sum, ...others],
  attributes: { epsilon: float(epsilon) },
}))(true);

/** `SkipSimplifiedLayerNormalization`. */
export const rmsNormalizationOfSum = ofSum((sum, [gamma], epsilon) => ({
  operator: 'Mul',
  inputs: [byRootMeanSquare(sum, -1, epsilon), gamma],
  attributes: {},
}))(false);

/** `SwiGLU` of opset 28: an input that `Swish` makes a gate of another. */
export const gatedSwish: Lowering = (draft) => {
  const [, other] = draft.inputs;
  if (!other) throw new OnnxFormatError('SwiGLU: input 1 is missing.');
  const x = first(draft);
  const alpha = readFloat(draft.attributes, 'alpha', 1);
  const gate = mul(x, x.graph.apply('Sigmoid', [alpha === 1 ? x : mul(x, alpha)]));
  return [{ ...draft, operator: 'Mul', inputs: [gate, other], attributes: {} }];
};

/** `MeanVarianceNormalization`: mean 0 and deviation 1 along axes; 0 where nothing differs, and without a slope there. */
export const meanVarianceNormalization: Lowering = (draft) => {
  const x = first(draft);
  const axes = readInts(draft.attributes, 'axes') ?? [0, 2, 3];
  const centred = sub(x, mean(x, axes));
  const variance = mean(square(centred), axes);
  const isNone = equal(variance, 0);
  const deviation = add(sqrt(where(isNone, 1, variance)), 1e-9);
  return [{ ...draft, operator: 'Div', inputs: [centred, deviation], attributes: {} }];
};

/** `Swish` and `QuickGelu`: `x` times the logistic function of `alpha x`. */
export const swish: Lowering = (draft) => {
  const x = first(draft);
  const alpha = readFloat(draft.attributes, 'alpha', draft.operator === 'QuickGelu' ? 1.702 : 1);
  const inner = x.graph.apply('Sigmoid', [alpha === 1 ? x : mul(x, alpha)]);
  return [{ operator: 'Mul', inputs: [x, inner], attributes: {}, outputs: draft.outputs }];
};
