import type { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import type { Attribute } from '../graph/attributes.js';
import { describeShape } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { type AttributeKind, type AttributeName, attributeKind } from '../operators/attribute-kinds.js';
import { factsOf, knownOperator } from '../operators/catalogue.js';
import { type Slot, slotAt, type TypeVariable } from '../operators/slots.js';
import { inferShapes } from '../shapes/table.js';
import { arrayTypes, type ElementType, elementCount } from '../tensor.js';

/**
 * Checks that a graph is one that the ONNX standard allows, by the rules of its checker: names are there and are used
 * once; nodes stand in an order in which they can run; operators have the inputs, outputs, attributes and types of opset
 * 17; numbers fit their shapes. Of operators that are not known here only the links are checked.
 *
 * @throws GraphError for the first rule that is broken; it names the node or value.
 */
export function checkGraph(graph: Graph): void {
  checkAllButShapes(graph);
  for (const value of [...graph.inputs, ...graph.outputs]) {
    if (value.shape === undefined) {
      throw new GraphError(`Inputs and outputs must have a shape; that of "${value.name}" is not known.`);
    }
  }
}

/** The same, but for inputs and outputs without a shape, which the standard forbids and ONNX Runtime opens. */
export function checkAllButShapes(graph: Graph): void {
  if (graph.name === '') throw new GraphError('The graph has no name.');
  const known = new Map<string, Value>();
  const declare = (value: Value, by: string) => {
    if (value.name === '') throw new GraphError(`${by}: a value has no name.`);
    if (known.has(value.name)) throw new GraphError(`${by}: the name "${value.name}" is used twice.`);
    known.set(value.name, value);
  };
  for (const input of graph.inputs) declare(input, 'Inputs');
  for (const value of graph.initializers) {
    declare(value, 'Initializers');
    checkNumbers(value);
  }
  for (const node of graph.nodes) {
    const by = `${node.operator} (node "${node.name}")`;
    if (node.operator === '') throw new GraphError(`The node "${node.name}" has no operator.`);
    for (const input of node.inputs) {
      if (input && known.get(input.name) !== input) {
        throw new GraphError(`${by}: nothing before it computes its input "${input.name}".`);
      }
    }
    checkSignature(node, by);
    for (const output of node.outputs) declare(output, by);
    checkOutputs(node, by);
  }
  if (graph.outputs.length === 0) throw new GraphError(`The graph "${graph.name}" has no output.`);
  for (const [i, output] of graph.outputs.entries()) {
    if (known.get(output.name) !== output) {
      throw new GraphError(`The output "${output.name}" is computed by no node of the graph.`);
    }
    if (graph.outputs.indexOf(output) < i) throw new GraphError(`"${output.name}" is an output twice.`);
  }
}

/** The numbers of an initializer have its type, and are as many as its shape says. */
function checkNumbers({ name, type, shape, data }: Value): void {
  if (data === undefined) return;
  const isOfType = data.type === type && data.data instanceof arrayTypes[type];
  const isOfShape = String(data.dims) === String(shape) && data.data.length === elementCount(data.dims);
  if (!isOfType || !isOfShape) {
    throw new GraphError(
      `The initializer "${name}" is declared as ${type} ${describeShape(shape)}; its numbers are ${data.data.length} ` +
        `of ${data.type} ${describeShape(data.dims)}.`,
    );
  }
}

function checkSignature(node: Node, by: string): void {
  const operator = knownOperator(node);
  if (operator === undefined) return;
  const { inputs, outputs, attributes } = factsOf(operator);
  const chosen = new Map<TypeVariable, ElementType>();
  checkTypes(node.inputs, inputs, chosen, `${by}: input`);
  checkTypes(node.outputs, outputs, chosen, `${by}: output`);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    if (attribute === undefined) continue;
    const kind = attributes.has(name as AttributeName) ? attributeKind(name) : undefined;
    if (kind === undefined) throw new GraphError(`${by}: opset 17 knows no attribute "${name}" of it.`);
    if (!isOfKind(attribute, kind)) throw new GraphError(`${by}: the attribute "${name}" is no ${kind}.`);
  }
}

/** @param chosen what the variables stand for so far. */
function checkTypes(
  values: readonly (Value | undefined)[],
  wanted: readonly Slot[],
  chosen: Map<TypeVariable, ElementType>,
  what: string,
): void {
  if (values.length > wanted.length && wanted.at(-1)?.count !== 'several') {
    throw new GraphError(`${what} ${values.length - 1} is one too many.`);
  }
  for (let i = 0; i < Math.max(wanted.length, values.length); i++) {
    const { type, count } = slotAt(wanted, i) as Slot;
    const value = values[i];
    if (value === undefined) {
      if (count !== 'optional') throw new GraphError(`${what} ${i} is missing.`);
      continue;
    }
    const before = chosen.get(type);
    if (!type.allowed.includes(value.type)) {
      throw new GraphError(
        `${what} ${i} ("${value.name}") is ${value.type}; it may be ${type.allowed.join(', ')}.`,
      );
    }
    if (before !== undefined && before !== value.type) {
      throw new GraphError(`${what} ${i} ("${value.name}") is ${value.type} where ${before} is due.`);
    }
    chosen.set(type, value.type);
  }
}

function isOfKind(attribute: Attribute, kind: AttributeKind): boolean {
  switch (kind) {
    case 'int':
      return Number.isSafeInteger(attribute);
    case 'ints':
      return Array.isArray(attribute) && attribute.every(Number.isSafeInteger);
    case 'string':
      return typeof attribute === 'string';
    default:
      return typeof attribute === 'object' && kind in attribute;
  }
}

/** Types and shapes of the outputs are those that follow from the inputs. */
function checkOutputs(node: Node, by: string): void {
  const inferred = inferShapes({ ...node, outputCount: node.outputs.length });
  for (const [i, output] of node.outputs.entries()) {
    const follows = inferred[i];
    if (follows === undefined) continue;
    const contradicts = follows.shape?.some((size, axis) => {
      const own = output.shape?.[axis];
      return typeof size === 'number' && typeof own === 'number' && own !== size;
    });
    const rank = output.shape?.length ?? follows.shape?.length;
    if (follows.type !== output.type || contradicts || (follows.shape && follows.shape.length !== rank)) {
      throw new GraphError(
        `${by}: its output "${output.name}" is declared as ${output.type} ${describeShape(output.shape)}; ` +
          `${follows.type} ${describeShape(follows.shape)} follows from its inputs.`,
      );
    }
  }
}
