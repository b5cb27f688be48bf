import { readInt, readTensor } from '../graph/attributes.js';
import { factsOf, type Operator } from '../operators/catalogue.js';
import { byCode, elementTypeOf } from '../operators/element-types.js';
import { type Slot, slotAt } from '../operators/slots.js';
import type { ElementType } from '../tensor.js';
import type { NodeDraft } from './rule.js';

/**
 * The element types of a node's outputs, which the operator's facts tell whatever the shapes are: the only type that is
 * allowed, that of an input with the same variable, or the type that an attribute names.
 */
export function outputTypes(
  operator: Operator,
  { inputs, attributes, outputCount }: Pick<NodeDraft, 'inputs' | 'attributes' | 'outputCount'>,
): ElementType[] {
  const wanted = factsOf(operator);
  return Array.from({ length: outputCount }, (_, i) => {
    const { type } = slotAt(wanted.outputs, i) as Slot;
    const [only, ...others] = type.allowed;
    if (only !== undefined && others.length === 0) return only;
    const source = inputs.find((value, at) => value && slotAt(wanted.inputs, at)?.type === type);
    return source?.type ?? typeNamed(operator, attributes);
  });
}

/** The type of an output that no input has. */
function typeNamed(operator: Operator, attributes: NodeDraft['attributes']): ElementType {
  if (operator === 'Cast') return elementTypeOf(readInt(attributes, 'to', 1));
  const told = readTensor(attributes, 'value')?.type;
  return told ?? elementTypeOf(readInt(attributes, 'output_datatype', 1));
}

/**
 * The element type that an output is taken to have where neither its operator is known nor the file tells it: what an
 * attribute names, otherwise that of the first input, as of most operators.
 */
export function assumedType({ operator, inputs, attributes }: Omit<NodeDraft, 'outputCount'>): ElementType {
  const named = typeof attributes.dtype === 'number' ? byCode.get(attributes.dtype) : undefined;
  return named ?? inputs[operator === 'OneHot' ? 2 : 0]?.type ?? 'float32';
}
