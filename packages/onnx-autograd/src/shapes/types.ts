import { readInt, readTensor } from '../graph/attributes.js';
import type { Operator } from '../operators/catalogue.js';
import { elementTypeOf } from '../operators/element-types.js';
import { signatures, typeSets } from '../operators/signatures.js';
import type { ElementType } from '../tensor.js';
import type { NodeDraft } from './rule.js';

/**
 * The element types of a node's outputs, which the operator's signature tells whatever the shapes are: a type by name,
 * that of an input with the same letter, or the type that an attribute names.
 */
export function outputTypes(
  operator: Operator,
  { inputs, attributes, outputCount }: Pick<NodeDraft, 'inputs' | 'attributes' | 'outputCount'>,
): ElementType[] {
  const wanted = signatures[operator];
  return Array.from({ length: outputCount }, (_, i) => {
    const letter = letterOf(wanted.outputs, i);
    const set = typeSets[letter.charAt(0)];
    if (set === undefined) return letter as ElementType;
    const source = inputs.find((value, at) => value && letterOf(wanted.inputs, at) === letter);
    return source?.type ?? typeNamed(operator, attributes);
  });
}

/** The set or name of a type at a position, without its marks; the last one is repeated. */
function letterOf(marks: readonly string[], position: number): string {
  return (marks[Math.min(position, marks.length - 1)] as string).replace(/[?.]+$/, '');
}

/** The type of an output that no input has. */
function typeNamed(operator: Operator, attributes: NodeDraft['attributes']): ElementType {
  return operator === 'Cast'
    ? elementTypeOf(readInt(attributes, 'to', 1))
    : (readTensor(attributes, 'value')?.type ?? 'float32');
}
