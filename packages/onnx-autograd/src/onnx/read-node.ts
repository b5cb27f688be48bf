import { OnnxFormatError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import type { Value, WeightRole } from '../graph/value.js';
import { elementTypeCodes } from '../operators/element-types.js';
import type { Tensor } from '../tensor.js';
import { isControlFlow, readControlFlow } from './control-flow/control-flow.js';
import { applyFolded } from './fold-constants.js';
import type { VersionedNode } from './inline-functions.js';
import { nodesInOpset17 } from './lowerings.js';
import { readBodies } from './read-body.js';
import { constantTensor, readAttributes, toFloat32 } from './read-values.js';
import { countCopy, given, isWeightInNode, outputsOf, type Reading } from './reading.js';
import type { NodeProto } from './schema.js';
import { isValue } from './scope.js';
import { makeSequence, takeFromSequence } from './sequences.js';

/** Adds a node of a file to the graph, in the form of opset 17. */
export function readNode(reading: Reading, { node: proto, opset }: VersionedNode): void {
  const { graph, folding, scope } = reading;
  const operator = proto.opType ?? '';
  const name = proto.name || operator;
  const outputs = outputsOf(proto);
  checkOutputs(reading, proto, outputs);
  if (folding && isControlFlow(proto)) {
    readControlFlow(reading, { node: proto, opset });
    return;
  }
  // Programs of ours have loops that stay as they are; files that others made may have what is not known here.
  const bodies = folding ? undefined : readBodies(proto);
  const attributes = bodies?.attributes ?? readAttributes(proto.attribute, operator, reading.files);
  if (operator === 'Constant') {
    const tensor = constantTensor(attributes, name);
    addGiven(reading, outputs[0] ?? '', tensor, !isWeightInNode(reading, tensor));
    return;
  }
  const named = [...(proto.input ?? []), ...(bodies?.outside ?? [])].map((input) =>
    input === '' ? undefined : (scope.find(input) ?? refuseMissing(reading, proto, input)),
  );
  const inputs = named.map((one) => (isValue(one) ? one : undefined));
  const domain = proto.domain === 'ai.onnx' ? '' : (proto.domain ?? '');
  const own = domain === '' ? weightOfItsOwn(reading, operator, inputs[0], attributes) : undefined;
  if (own !== undefined) {
    const { constant = false, role } = inputs[0] ?? {};
    addGiven(reading, outputs[0] ?? '', own, constant, role);
    return;
  }
  const names = outputs.map((output) => scope.nameOf(output));
  const inFile = (name: string) => outputs[names.indexOf(name)] ?? name;
  const asWritten = { operator, inputs, attributes, outputs: names, domain };
  const sequence = domain === '' ? makeSequence(asWritten, named) : undefined;
  if (sequence !== undefined) {
    graph.release(names[0] ?? '');
    scope.define(outputs[0] ?? '', sequence);
    return;
  }
  const taken = domain === '' ? takeFromSequence(asWritten, named) : undefined;
  for (const made of (taken ?? [asWritten]).flatMap((draft) => nodesInOpset17(draft, opset))) {
    for (const output of made.outputs) graph.release(output);
    const told = () => made.outputs.map((output) => reading.told.get(inFile(output)));
    const options = { name: scope.prefix + name, outputs: made.outputs, domain: made.domain ?? '', told };
    const values = folding
      ? applyFolded(graph, made, options)
      : graph.applyAll(made.operator, made.inputs, made.attributes, options);
    for (const [i, output] of made.outputs.entries()) {
      if (output !== '') scope.define(inFile(output), values[i] as Value);
    }
  }
}

function checkOutputs({ scope }: Reading, proto: NodeProto, outputs: readonly string[]): void {
  const { opType: operator = '', name = operator } = proto;
  if (operator === '') throw new OnnxFormatError(`The node "${name}" has no operator.`);
  for (const [i, output] of outputs.entries()) {
    if (output === '') continue;
    if (scope.find(output) !== undefined || outputs.indexOf(output) < i)
      throw new OnnxFormatError(
        `${operator} (node "${name || operator}"): another value is called "${output}" too.`,
      );
  }
}

function refuseMissing({ computed }: Reading, { opType = '', name }: NodeProto, input: string): never {
  const what = computed.has(input)
    ? `its input "${input}" is computed by a node that needs this one: the nodes go in a circle. Export it again`
    : `nothing computes its input "${input}"`;
  throw new OnnxFormatError(`${opType} (node "${name || opType}"): ${what}.`);
}

function addGiven(
  { graph, scope }: Reading,
  output: string,
  tensor: Tensor,
  constant: boolean,
  role?: WeightRole,
): void {
  const name = scope.nameOf(output);
  graph.release(name);
  scope.define(output, given(graph, tensor, name, constant, role));
}

/**
 * What a node makes of an initializer, where that is a weight in its own right: exporters store equal weights once (all
 * scales of an untrained network are 1) and copy them, and store weights in half precision that are used in single. Within
 * a branch or a loop a copy is none: what a branch returns goes through one, and each step would have another.
 */
function weightOfItsOwn(
  reading: Reading,
  operator: string,
  x: Value | undefined,
  attributes: Attributes,
): Tensor | undefined {
  if (x?.data === undefined || !x.type.startsWith('float') || !reading.scope.isWhole) return undefined;
  const isCopy = operator === 'Identity';
  const isCast = operator === 'Cast' && attributes.to === elementTypeCodes.float32;
  const isWidened = reading.folding && isCast && x.type !== 'float32';
  if (!isCopy && !isWidened) return undefined;
  const { dims, data, type } = x.data;
  countCopy(reading, isCopy ? data.byteLength : 4 * data.length, x.name);
  return isCopy ? { type, dims, data: data.slice() } : toFloat32(x.data);
}
