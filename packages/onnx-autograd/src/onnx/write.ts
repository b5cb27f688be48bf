import type { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import type { Attribute, Attributes, Body, BodyNode } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { elementTypeCodes } from '../operators/element-types.js';
import type { Tensor } from '../tensor.js';
import { roleMetadata } from './exporter-roles.js';
import {
  type AttributeProto,
  attributeTypes,
  bodyPrefix,
  type GraphProto,
  type ModelProto,
  messages,
  type NodeProto,
  ownName,
  type TensorProto,
  type ValueInfoProto,
} from './schema.js';
import { encodeMessage } from './wire-write.js';

/** The version of the standard's operators that graphs are written in. */
const opsetVersion = 17;

/** What is stored with a graph. */
export interface WriteOptions {
  /** Key-value pairs stored with the model, such as labels and sample rate. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A description for people. */
  readonly description?: string;
}

/**
 * The bytes of an `.onnx` file: opset 17, weights inside. Weights are written as initializers, constants as `Constant`
 * nodes, as exporters do: whoever reads the file can tell what is to be trained.
 */
export function writeOnnx(graph: Graph, options: WriteOptions = {}): Uint8Array {
  const weights = graph.initializers.filter((value) => !value.constant);
  const constants = graph.initializers.filter((value) => value.constant);
  const nodes = graph.nodes.flatMap(withInner);
  const domains = [...new Set(nodes.map((node) => node.domain))].filter((domain) => domain !== '');
  const model: ModelProto = {
    irVersion: 8,
    producerName: ownName,
    docString: options.description ?? '',
    opsetImport: [
      { domain: '', version: opsetVersion },
      ...domains.map((domain) => ({ domain, version: 1 })),
    ],
    metadata: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: [...constants.map(constantProto), ...graph.nodes.map(nodeProto)],
      initializer: weights.map((value) => tensorProto(value.data as Tensor, value.name)),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      valueInfo: [
        ...weights.flatMap((value) =>
          value.role ? [{ ...valueInfo(value), metadata: roleMetadata(value.role) }] : [],
        ),
        ...graph.nodes.flatMap((node) =>
          node.outputs
            .filter((value) => !graph.outputs.includes(value))
            .flatMap((value) => infoBeside(node, value)),
        ),
      ],
    },
  };
  return encodeMessage(messages.nested, 'Model', model);
}

const utf8 = new TextEncoder();

function nodeProto({ name, operator, domain, attributes, ...own }: Node): NodeProto {
  const inputs = own.inputs.map((value) => value?.name ?? '');
  const outputs = own.outputs.map((value) => value.name);
  return { name, ...writtenNode({ name, operator, domain, inputs, outputs, attributes }) };
}

/** A node, by the names of its values. */
interface NamedNode extends BodyNode {
  readonly name: string;
}

/** What a node of control flow reads from around it are its last inputs; in a file its bodies read that by name. */
function writtenNode({ name, operator, domain, inputs, outputs, attributes }: NamedNode): NodeProto {
  const bodies = bodiesOf({ attributes });
  const outside = bodies.reduce((count, { body }) => count + body.outer.length, 0);
  let at = inputs.length - outside;
  const written = bodies.map(({ kind, body }): AttributeProto => {
    const read = inputs.slice(at, at + body.outer.length);
    at += body.outer.length;
    const g = bodyProto(body, { prefix: bodyPrefix(name, kind), name: `${name}_${kind}`, read });
    return { name: kind, type: attributeTypes.graph, g };
  });
  const others = Object.fromEntries(bodies.map(({ kind }) => [kind, undefined]));
  return {
    opType: operator,
    domain,
    input: inputs.slice(0, inputs.length - outside),
    output: [...outputs],
    attribute: [...attributeProtos({ ...attributes, ...others }), ...written],
  };
}

/** What a node of control flow does at each step, or in each branch. */
function bodiesOf({ attributes }: Pick<BodyNode, 'attributes'>): { kind: string; body: Body }[] {
  return Object.entries(attributes).flatMap(([kind, attribute]) =>
    typeof attribute === 'object' && 'body' in attribute ? [{ kind, body: attribute.body }] : [],
  );
}

/** A node, and all in its bodies. */
function withInner(node: Pick<BodyNode, 'domain' | 'attributes'>): Pick<BodyNode, 'domain'>[] {
  return [node, ...bodiesOf(node).flatMap(({ body }) => body.nodes.flatMap(withInner))];
}

/**
 * The body of a node. In a file it sees the values of the graph around it, by names that are unique in both.
 *
 * @param written its name, what is put before the names in it, and by what names it reads what is around it.
 */
function bodyProto(
  { inputs, outer, nodes, outputs }: Body,
  {
    name,
    prefix,
    read,
  }: { readonly name: string; readonly prefix: string; readonly read: readonly string[] },
): GraphProto {
  const outside = new Map(outer.map((one, i) => [one, read[i] ?? '']));
  const named = (one: string) => (one === '' ? '' : (outside.get(one) ?? prefix + one));
  const info = (one: Body['inputs'][number]) =>
    valueInfo({ name: named(one.name), type: one.type, shape: one.dims });
  return {
    name,
    node: nodes.map((node, i) => {
      const values = { inputs: node.inputs.map(named), outputs: node.outputs.map(named) };
      // Only nodes with bodies are called something: by it the names in those are told apart.
      const own = bodiesOf(node).length > 0 ? `${prefix}${i}` : '';
      return { ...(own && { name: own }), ...writtenNode({ ...node, ...values, name: own }) };
    }),
    input: inputs.map(info),
    output: outputs.map(info),
  };
}

function attributeProtos(attributes: Attributes): AttributeProto[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    attribute === undefined ? [] : [attributeProto(name, attribute)],
  );
}

function constantProto({ name, data }: Value): NodeProto {
  const attribute = { name: 'value', type: attributeTypes.tensor, t: tensorProto(data as Tensor, '') };
  return { name, opType: 'Constant', domain: '', input: [], output: [name], attribute: [attribute] };
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  if (typeof attribute === 'number') return { name, type: attributeTypes.int, i: attribute };
  if (typeof attribute === 'string') return { name, type: attributeTypes.string, s: utf8.encode(attribute) };
  if ('float' in attribute) return { name, type: attributeTypes.float, f: attribute.float };
  if ('floats' in attribute) return { name, type: attributeTypes.floats, floats: [...attribute.floats] };
  if ('tensor' in attribute)
    return { name, type: attributeTypes.tensor, t: tensorProto(attribute.tensor, '') };
  if ('strings' in attribute) {
    return {
      name,
      type: attributeTypes.strings,
      strings: attribute.strings.map((text) => utf8.encode(text)),
    };
  }
  if ('body' in attribute) throw new GraphError(`The attribute "${name}" cannot be a body of steps.`);
  return { name, type: attributeTypes.ints, ints: [...attribute] };
}

function tensorProto(tensor: Tensor, name: string): TensorProto {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    name,
    dims: [...tensor.dims],
    dataType: elementTypeCodes[tensor.type],
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

/** ONNX Runtime's operators in blocks of channels, whose values have other sizes than the maps that they stand for. */
const blockedDomain = 'com.microsoft.nchwc';

/** What no reader has a rule for: the type, and the shape, where they were told. What is only assumed is not written. */
function infoBeside(node: Node, value: Value): ValueInfoProto[] {
  if (!value.told) return [];
  const { name, type, shape } = value;
  return [valueInfo({ name, type, shape: node.domain === blockedDomain ? undefined : shape })];
}

function valueInfo(value: Pick<Value, 'name' | 'type' | 'shape'>): ValueInfoProto {
  const dim = value.shape?.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  const tensorType = { elemType: elementTypeCodes[value.type], ...(dim && { shape: { dim } }) };
  return { name: value.name, type: { tensorType } };
}
