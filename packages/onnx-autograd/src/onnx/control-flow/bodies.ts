import { OnnxFormatError } from '../../errors.js';
import { type Dimension, symbol } from '../../graph/shape.js';
import type { Value, ValueType } from '../../graph/value.js';
import { byCode } from '../../operators/element-types.js';
import { inOrder } from '../in-order.js';
import { constantTensor, readAttributes, readTensor } from '../read-values.js';
import { given, isWeightInNode, type OpenBody, outputsOf, type Reading, toldOf } from '../reading.js';
import type { GraphProto, NodeProto } from '../schema.js';
import { type Named, Scope } from '../scope.js';
import type { Flow } from './flow.js';

/** Puts what a graph within a node stores into the graph around it, once. */
export function openBody(reading: Reading, { prefix, what, opset }: Flow, proto: GraphProto): OpenBody {
  const home = reading.home ?? reading;
  const known = home.bodies.get(proto);
  if (known !== undefined) return known;
  const { graph } = home;
  const stored = new Map<string, Value>();
  const add = (name: string, value: () => Value) => {
    if (name === '' || stored.has(name) || home.scope.find(name) !== undefined)
      throw new OnnxFormatError(
        name === '' ? `${what}: a value in it has no name.` : `${what}: two values are called "${name}".`,
      );
    stored.set(name, value());
  };
  for (const tensor of proto.initializer ?? []) {
    const name = tensor.name ?? '';
    add(name, () => graph.initializer(readTensor(tensor, home.files), graph.uniqueName(prefix + name)));
  }
  const isConstant = ({ opType, domain }: NodeProto) =>
    opType === 'Constant' && (!domain || domain === 'ai.onnx');
  const nodes = reading.inline(proto.node ?? [], opset);
  for (const { node } of nodes.filter((one) => isConstant(one.node))) {
    const [name = ''] = outputsOf(node);
    const attributes = readAttributes(node.attribute, 'Constant', home.files);
    const tensor = constantTensor(attributes, prefix + (node.name || name));
    const isWeight = isWeightInNode(home, tensor);
    add(name, () => given(graph, tensor, graph.uniqueName(prefix + name), !isWeight));
  }
  const opened = {
    proto,
    stored,
    nodes: inOrder(nodes.filter(({ node }) => !isConstant(node))),
    computed: new Set(nodes.flatMap(({ node }) => node.output ?? [])),
    told: toldOf([...(proto.valueInfo ?? []), ...(proto.output ?? [])]),
  };
  home.bodies.set(proto, opened);
  return opened;
}

/** How the nodes of a graph within a node are added to the graph around it. */
export interface RunOptions {
  /** What its inputs are. */
  readonly given: readonly Named[];
  /** Put before its names. */
  readonly prefix: string;
  /** The names in the graph that its outputs are to have, where nodes in it compute them. */
  readonly asked?: readonly (string | undefined)[];
  /** Whether it is added once only: then the names of sizes in it are those of the graph around it. */
  readonly once?: boolean;
}

/**
 * Adds the nodes of a graph within a node to the graph around it.
 *
 * @returns what its outputs are.
 * @throws OnnxFormatError when an output is computed by no node.
 */
export function runBody(
  reading: Reading,
  { what }: Pick<Flow, 'what'>,
  body: OpenBody,
  { given: inputs, prefix, asked = [], once = false }: RunOptions,
): Named[] {
  const { proto, nodes } = body;
  const outputs = (proto.output ?? []).map(({ name = '' }) => name);
  const names = new Map<string, string>();
  for (const [i, output] of outputs.entries()) {
    const wanted = asked[i];
    if (wanted && body.computed.has(output) && !body.stored.has(output) && !names.has(output))
      names.set(output, wanted);
  }
  const { graph, adopt } = reading;
  const around = new Scope(graph, { outer: reading.scope, prefix });
  for (const [name, value] of body.stored) around.define(name, adopt(value, true));
  const scope = new Scope(graph, { outer: around, prefix, asked: names });
  for (const [i, info] of (proto.input ?? []).entries()) {
    const name = info.name ?? '';
    if (scope.find(name) !== undefined || name === '')
      throw new OnnxFormatError(`${what}: its input "${name}" has no name of its own.`);
    scope.define(name, inputs[i] as Named);
  }
  const told = once ? body.told : ownSizes(body.told, prefix || `${what} `);
  const within: Reading = { ...reading, scope, told, computed: body.computed };
  for (const node of nodes) reading.read(within, node);
  return outputs.map((output) => {
    const made = scope.find(output);
    if (made !== undefined) return made;
    throw new OnnxFormatError(
      `${what}: "${output}", an output of "${proto.name ?? ''}" in it, is computed by no node.`,
    );
  });
}

/** Sizes that a file names may be others at each step. */
function ownSizes(told: ReadonlyMap<string, ValueType>, prefix: string): Map<string, ValueType> {
  const own = (size: Dimension) => (typeof size === 'string' ? symbol(prefix + size) : size);
  return new Map([...told].map(([name, { type, shape }]) => [name, { type, shape: shape?.map(own) }]));
}

/**
 * Makes sure that a graph within a node can be given what it is given.
 *
 * @throws OnnxFormatError when it has another number of inputs, or declares other types.
 */
export function checkGiven(
  { what }: Flow,
  { input = [] }: GraphProto,
  inputs: readonly (Named | Pick<Value, 'name' | 'type'> | undefined)[],
): void {
  if (input.length !== inputs.length)
    throw new OnnxFormatError(`${what}: its body has ${input.length} inputs, and is given ${inputs.length}.`);
  for (const [i, { name = '', type }] of input.entries()) {
    const declared = byCode.get(type?.tensorType?.elemType ?? 0);
    const one = inputs[i];
    if (one === undefined) throw new OnnxFormatError(`${what}: nothing is given for "${name}" in its body.`);
    if (declared !== undefined && 'type' in one && one.type !== declared)
      throw new OnnxFormatError(
        `${what}: "${name}" in its body is ${declared}; it is given "${one.name}", ${one.type}.`,
      );
  }
}

/** @throws OnnxFormatError when the node has more outputs than what is within it tells. */
export function checkCount({ what, outputs }: Flow, due: number): void {
  if (outputs.length > due || due < 0)
    throw new OnnxFormatError(`${what}: it has ${outputs.length} outputs, and ${due} are told within it.`);
}
