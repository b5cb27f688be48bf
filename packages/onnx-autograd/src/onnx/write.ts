import type { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import type { Attribute, Attributes, Body } from '../graph/attributes.js';
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
  const nodes = [...graph.nodes, ...graph.nodes.flatMap((node) => stepsOf(node)?.nodes ?? [])];
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

function nodeProto(node: Node): NodeProto {
  const inputs = node.inputs.map((value) => value?.name ?? '');
  const steps = stepsOf(node);
  return {
    name: node.name,
    opType: node.operator,
    domain: node.domain,
    input: steps ? inputs.slice(0, steps.inputs.length) : inputs,
    output: node.outputs.map((value) => value.name),
    attribute: steps
      ? [
          ...attributeProtos({ ...node.attributes, body: undefined }),
          { name: 'body', type: attributeTypes.graph, g: bodyProto(steps, node.name, inputs) },
        ]
      : attributeProtos(node.attributes),
  };
}

/** What a node of control flow does at each step. */
function stepsOf({ attributes: { body } }: Node): Body | undefined {
  return typeof body === 'object' && 'body' in body ? body.body : undefined;
}

function attributeProtos(attributes: Attributes): AttributeProto[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    attribute === undefined ? [] : [attributeProto(name, attribute)],
  );
}

/**
 * The steps of a node. In a file they see the values of the graph around them, by names that are unique in both.
 *
 * @param inputs names of all that the node reads.
 */
function bodyProto(
  { inputs, outer, nodes, outputs }: Body,
  node: string,
  read: readonly string[],
): GraphProto {
  const outside = new Map(outer.map((name, i) => [name, read[inputs.length + i] ?? '']));
  const named = (name: string) => (name === '' ? '' : (outside.get(name) ?? bodyPrefix(node) + name));
  const info = ({ name, type }: Body['inputs'][number]) =>
    valueInfo({ name: named(name), type, shape: undefined });
  return {
    name: `${node}_body`,
    node: nodes.map(({ operator, domain, attributes, ...own }) => ({
      opType: operator,
      domain,
      input: own.inputs.map(named),
      output: own.outputs.map(named),
      attribute: attributeProtos(attributes),
    })),
    input: inputs.map(info),
    output: outputs.map(info),
  };
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
