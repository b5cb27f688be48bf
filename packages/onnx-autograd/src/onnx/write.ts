import type { Graph } from '../building/graph.js';
import type { Attribute } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { elementTypeCodes } from '../operators/element-types.js';
import type { Tensor } from '../tensor.js';
import { roleMetadata } from './exporter-roles.js';
import {
  type AttributeProto,
  attributeTypes,
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
  const domains = [...new Set(graph.nodes.map((node) => node.domain))].filter((domain) => domain !== '');
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
  return {
    name: node.name,
    opType: node.operator,
    domain: node.domain,
    input: node.inputs.map((value) => value?.name ?? ''),
    output: node.outputs.map((value) => value.name),
    attribute: Object.entries(node.attributes).flatMap(([name, attribute]) =>
      attribute === undefined ? [] : [attributeProto(name, attribute)],
    ),
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
