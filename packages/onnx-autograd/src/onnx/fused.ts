import { add } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { type Attributes, float, readFloat, readString } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { float32 } from '../tensor.js';
import { type Draft, first, type Lowering, without } from './draft.js';
import { gelu } from './newer-operators.js';

// What ONNX Runtime makes of several of the standard's operators when it optimizes a file.

/** `Gelu` of ONNX Runtime; `FastGelu` is its approximation, and `BiasGelu` that of a sum. */
export const fusedGelu: Lowering = (draft, opset) => {
  const [, bias] = draft.inputs;
  const x = bias ? add(first(draft), bias) : first(draft);
  const approximate = draft.operator === 'FastGelu' ? 'tanh' : 'none';
  return [{ ...gelu({ ...draft, inputs: [x], attributes: { approximate } }, opset), domain: '' }];
};

/** A layer and the activation behind it. */
export const fusedLayer: Lowering = (draft) => {
  const { attributes, inputs, operator, outputs } = draft;
  const { graph } = first(draft);
  const names = ['activation', 'activation_params'];
  const numbers = ['activation_alpha', 'activation_beta', 'activation_gamma'];
  const own = without(draft, ...names, ...numbers);
  const [x, weights, bias, added] = inputs;
  const layer = operator === 'FusedConv' ? 'Conv' : 'Gemm';
  const made = graph.apply(layer, bias ? [x, weights, bias] : [x, weights], own);
  const sum = added ? add(made, added) : made;
  return [{ ...activated(sum, attributes, operator), outputs }];
};

function activated(x: Value, attributes: Attributes, operator: string): Omit<Draft, 'outputs'> {
  const name = readString(attributes, 'activation', '');
  const { activation_params: list } = attributes;
  const params = typeof list === 'object' && 'floats' in list ? list.floats : [];
  const number = (i: number, key: string, otherwise: number) =>
    params[i] ?? readFloat(attributes, key, otherwise);
  const [alpha, beta] = ['activation_alpha', 'activation_beta'];
  switch (name) {
    case '':
      return { operator: 'Identity', inputs: [x], attributes: {} };
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
      return { operator: name, inputs: [x], attributes: {} };
    case 'LeakyRelu':
      return { operator: name, inputs: [x], attributes: { alpha: float(number(0, alpha as string, 0.01)) } };
    case 'HardSigmoid':
      return {
        operator: name,
        inputs: [x],
        attributes: {
          alpha: float(number(0, alpha as string, 0.2)),
          beta: float(number(1, beta as string, 0.5)),
        },
      };
    case 'Clip': {
      const bounds = [
        number(0, alpha as string, Number.NEGATIVE_INFINITY),
        number(1, beta as string, Number.POSITIVE_INFINITY),
      ].map((bound) => x.graph.constant(float32(bound), 'bound'));
      return { operator: name, inputs: [x, ...bounds], attributes: {} };
    }
    default:
      throw new OnnxFormatError(`${operator}: the activation "${name}" is not read.`);
  }
}
