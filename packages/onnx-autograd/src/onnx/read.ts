import { Graph } from '../building/graph.js';
import { GraphError, OnnxFormatError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import type { Dimension, Shape } from '../graph/shape.js';
import type { Value, ValueType, WeightRole } from '../graph/value.js';
import { byCode, elementTypeCodes, elementTypeOf } from '../operators/element-types.js';
import type { Tensor } from '../tensor.js';
import { type ToldByExporter, toldByExporter } from './exporter-roles.js';
import { type ExternalData, externalPaths } from './external-data.js';
import { applyFolded } from './fold-constants.js';
import { foreignFile } from './foreign-file.js';
import { inOrder } from './in-order.js';
import { inlineFunctions, standardVersion } from './inline-functions.js';
import { nodesInOpset17 } from './lowerings.js';
import { readBody } from './read-body.js';
import { constantTensor, readAttribute, readTensor, toFloat32, toNumber } from './read-values.js';
import {
  type DimensionProto,
  type ModelProto,
  messages,
  metadataOf,
  type NodeProto,
  ownName,
  type ValueInfoProto,
} from './schema.js';
import { type Sequence, sequenceAt, splitToSequence } from './sequences.js';
import { decodeMessage } from './wire-read.js';

/** Before it, elementwise operators broadcast in another way. */
export const oldestOpset = 7;
/** Of later ones it is not known here what they changed. */
export const newestOpset = 28;

/** An ONNX model in memory. */
export interface OnnxModel {
  /** In the form of opset 17. */
  readonly graph: Graph;
  /** The version of the standard's operators that the file uses. */
  readonly opset: number;
  /** The key-value pairs that the file carries. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the file says of itself to people; often empty. */
  readonly description: string;
  /**
   * Parameters of which PyTorch's exporter says that the module had them, and that are not in the file: its optimizer
   * stores equal ones once, and leaves out what changes nothing (zero biases). Such a network trains another way than the
   * module; exported with `optimize=False` it has them all.
   */
  readonly missing: readonly string[];
}

/** What is read beside a model. */
export interface ReadOptions {
  /** The bytes of the files beside it, by the paths that {@link externalFiles} tells. */
  readonly externalData?: ExternalData;
}

/**
 * Reads an `.onnx` file of opset 7 to 28 into the form of opset 17. Names are kept; what functions of the file compute
 * stands where they are called; `Constant` nodes and what is computed from them and from known shapes become
 * initializers; a batch of unknown size stays symbolic.
 *
 * @param options the files beside it in which its weights are, if they are not inside.
 * @throws OnnxFormatError when the bytes are no ONNX model, a file beside it is missing, or they use what is not read here:
 *   subgraphs, sparse weights, opsets before 7 or after 28.
 * @throws GraphError when a node does not fit its inputs.
 */
export function readOnnx(bytes: Uint8Array, { externalData = {} }: ReadOptions = {}): OnnxModel {
  return readModel(bytes, true, externalData);
}

/**
 * The files beside a model in which it keeps numbers of its weights, by their paths relative to its own: what to give to
 * {@link readOnnx} as `externalData`. None for a model that is one file.
 *
 * @throws OnnxFormatError when the bytes are no ONNX model, or a path leads out of the model's folder.
 */
export function externalFiles(bytes: Uint8Array): string[] {
  return externalPaths(decodeModel(bytes));
}

/** The graph of a program of ours: its shapes are known already, so nothing is computed in advance. */
export function readProgram(model: Uint8Array): Graph {
  return readModel(model, false, {}).graph;
}

function decodeModel(bytes: Uint8Array): ModelProto {
  const foreign = foreignFile(bytes);
  if (foreign !== undefined) {
    throw new OnnxFormatError(`These ${bytes.length} bytes are not an ONNX model, but ${foreign}.`);
  }
  try {
    return decodeMessage<ModelProto>(messages.nested, 'Model', bytes);
  } catch (cause) {
    if (cause instanceof OnnxFormatError) throw cause;
    throw new OnnxFormatError(`These ${bytes.length} bytes are not an ONNX model.`, { cause });
  }
}

function readModel(bytes: Uint8Array, folding: boolean, files: ExternalData): OnnxModel {
  const model = decodeModel(bytes);
  if (!model.graph?.node?.length || !model.opsetImport?.length) {
    throw new OnnxFormatError(
      `These ${bytes.length} bytes are not an ONNX model: no graph with nodes is in them.`,
    );
  }
  const opset = standardVersion(model.opsetImport);
  checkVersion(opset);
  const told = toldByExporter(model);
  try {
    return {
      graph: readGraph(model, told.roles, folding, files),
      opset,
      metadata: metadataOf(model.metadata),
      missing: told.missing,
      description: model.docString ?? '',
    };
  } catch (cause) {
    if (cause instanceof OnnxFormatError || cause instanceof GraphError) throw cause;
    throw new OnnxFormatError(
      `These ${bytes.length} bytes are not a sound ONNX model: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

function checkVersion(opset: number): void {
  if (opset >= oldestOpset && opset <= newestOpset) return;
  throw new OnnxFormatError(
    `The model uses opset ${opset}; ${oldestOpset} to ${newestOpset} are read. Export it again with opset 17.`,
  );
}

function readGraph(
  model: ModelProto,
  roles: ToldByExporter['roles'],
  folding: boolean,
  files: ExternalData,
): Graph {
  const { graph: proto = {}, producerName } = model;
  const nodes = inOrder(inlineFunctions(model));
  const isOurs = producerName === ownName;
  const graph = new Graph(proto.name || 'graph');
  const values = new Map<string, Value>();
  const add = (kind: string, name: string, value: () => Value) => {
    if (name === '') throw new OnnxFormatError(`${kind} has no name.`);
    if (values.has(name)) throw new OnnxFormatError(`${kind} "${name}" has the name of another value.`);
    values.set(name, value());
  };
  for (const tensor of proto.initializer ?? []) {
    const name = tensor.name ?? '';
    add('The initializer', name, () => graph.initializer(readTensor(tensor, files), name, roles.get(name)));
  }
  const weights = new Set(values.keys());
  // As PaddlePaddle exports. Files of ours keep apart what is trained and what is constant.
  const isWeight = ({ type, data }: Value) => type === 'float32' && (data?.data.length ?? 0) > 1;
  const weightsInNodes = folding && !isOurs && ![...values.values()].some(isWeight);
  for (const info of proto.input ?? []) {
    const name = info.name ?? '';
    if (weights.delete(name)) continue; // older files list initializers among the inputs
    const type = info.type?.tensorType;
    if (info.type !== undefined && type === undefined) {
      throw new OnnxFormatError(`The input "${name}" is no tensor (sequences and maps are not read).`);
    }
    add('The input', name, () => graph.input(name, readShape(info), elementTypeOf(type?.elemType ?? 1)));
  }
  for (const { node } of nodes) graph.reserve(node.output ?? []);
  const told = new Map<string, ValueType>();
  for (const info of [...(proto.valueInfo ?? []), ...(proto.output ?? [])]) {
    const type = byCode.get(info.type?.tensorType?.elemType ?? 0);
    if (type !== undefined) told.set(info.name ?? '', { type, shape: readShape(info) });
  }
  const sequences = new Map<string, Sequence>();
  const computed = new Set(nodes.flatMap(({ node }) => node.output ?? []));
  const reading = { graph, folding, files, values, computed, told, weightsInNodes, sequences, copied: 0 };
  for (const { node, opset } of nodes) {
    checkVersion(opset);
    readNode(reading, node, opset);
  }
  for (const info of proto.output ?? []) {
    const value = values.get(info.name ?? '');
    if (value === undefined) throw new OnnxFormatError(`The output "${info.name}" is computed by no node.`);
    graph.output(value);
  }
  return graph;
}

/** The sizes that the file tells of a value; `undefined` where it does not even tell their number. */
function readShape({ name = '', type }: ValueInfoProto): Shape | undefined {
  return type?.tensorType?.shape?.dim?.map((dim, axis) => readDimension(dim, `${name}_${axis}`));
}

/**
 * A size that the file does not tell, or tells as -1, gets a name. So does one that is called `?`, as PaddlePaddle calls all
 * that it does not know: they are not the same.
 */
function readDimension(dim: DimensionProto, otherwise: string): Dimension {
  if (dim.dimParam && /[\p{L}\p{N}]/u.test(dim.dimParam)) return dim.dimParam;
  const told = Object.hasOwn(dim, 'dimValue') ? toNumber(dim.dimValue ?? -1) : -1;
  return told < 0 ? otherwise : told;
}

/** Values that exporters stored once are copied; more bytes than this for copies is no network. */
const copiedAtMost = 2 ** 28;

interface Reading {
  readonly graph: Graph;
  /** Whether what is known before the graph runs is computed at once. */
  readonly folding: boolean;
  /** What lies beside the model. */
  readonly files: ExternalData;
  readonly values: Map<string, Value>;
  /** What nodes compute anywhere in the file. */
  readonly computed: ReadonlySet<string>;
  /** The types and shapes that the file tells of what nodes compute. */
  readonly told: ReadonlyMap<string, ValueType>;
  /** Whether weights are in `Constant` nodes. */
  readonly weightsInNodes: boolean;
  /** By name: they are no values of the graph. */
  readonly sequences: Map<string, Sequence>;
  /** Bytes of weights that were stored once and are now several. */
  copied: number;
}

function given(graph: Graph, tensor: Tensor, name: string, constant: boolean, role?: WeightRole): Value {
  return constant ? graph.constant(tensor, name) : graph.initializer(tensor, name, role);
}

/**
 * What a node makes of an initializer, where that is a weight in its own right: exporters store equal weights once (all
 * scales of an untrained network are 1) and copy them, and store weights in half precision that are used in single.
 */
function weightOfItsOwn(
  reading: Reading,
  operator: string,
  x: Value | undefined,
  attributes: Attributes,
): Tensor | undefined {
  if (x?.data === undefined || !x.type.startsWith('float')) return undefined;
  const isCopy = operator === 'Identity';
  const isCast = operator === 'Cast' && attributes.to === elementTypeCodes.float32;
  const isWidened = reading.folding && isCast && x.type !== 'float32';
  if (!isCopy && !isWidened) return undefined;
  const { dims, data, type } = x.data;
  reading.copied += isCopy ? data.byteLength : 4 * data.length;
  if (reading.copied > copiedAtMost) {
    throw new OnnxFormatError(`"${x.name}": the file's copies of weights take more than 256 MiB.`);
  }
  return isCopy ? { type, dims, data: data.slice() } : toFloat32(x.data);
}

function readNode(reading: Reading, proto: NodeProto, opset: number): void {
  const { graph, folding, values } = reading;
  const operator = proto.opType ?? '';
  const name = proto.name || operator;
  // Programs of ours have loops; files that others made may have what is not known here.
  const steps = folding ? undefined : readBody(proto);
  const attributes: Attributes =
    steps?.attributes ??
    Object.fromEntries(
      (proto.attribute ?? []).map((attribute) => [
        attribute.name ?? '',
        readAttribute(attribute, operator, reading.files),
      ]),
    );
  const outputs = [...(proto.output ?? [])];
  while (outputs.at(-1) === '') outputs.pop();
  if (operator === '') throw new OnnxFormatError(`The node "${name}" has no operator.`);
  for (const [i, output] of outputs.entries()) {
    if (values.has(output) || (output !== '' && outputs.indexOf(output) < i)) {
      throw new OnnxFormatError(`${operator} (node "${name}"): another value is called "${output}" too.`);
    }
  }
  if (operator === 'Constant') {
    const tensor = constantTensor(attributes, name);
    const isWeight = reading.weightsInNodes && tensor.type === 'float32' && tensor.data.length > 1;
    graph.release(outputs[0] ?? '');
    values.set(outputs[0] ?? '', given(graph, tensor, outputs[0] ?? '', !isWeight));
    return;
  }
  const [sequence] = (proto.input ?? []).map((input) => reading.sequences.get(input));
  const inputs = [...(proto.input ?? []), ...(steps?.outside ?? [])].map((input) => {
    if (input === '' || reading.sequences.has(input)) return undefined;
    const value = values.get(input);
    if (value === undefined) {
      const what = reading.computed.has(input)
        ? `its input "${input}" is computed by a node that needs this one: the nodes go in a circle. Export it again`
        : `nothing computes its input "${input}"`;
      throw new OnnxFormatError(`${operator} (node "${name}"): ${what}.`);
    }
    return value;
  });
  const domain = proto.domain === 'ai.onnx' ? '' : (proto.domain ?? '');
  const own = domain === '' ? weightOfItsOwn(reading, operator, inputs[0], attributes) : undefined;
  if (own !== undefined) {
    graph.release(outputs[0] ?? '');
    const { constant = false, role } = inputs[0] ?? {};
    values.set(outputs[0] ?? '', given(graph, own, outputs[0] ?? '', constant, role));
    return;
  }
  const asWritten = { operator, inputs, attributes, outputs, domain };
  if (operator === 'SplitToSequence' && domain === '') {
    graph.release(outputs[0] ?? '');
    reading.sequences.set(outputs[0] ?? '', splitToSequence(asWritten));
    return;
  }
  const isPart = operator === 'SequenceAt' && domain === '' && sequence !== undefined;
  for (const node of nodesInOpset17(isPart ? sequenceAt(sequence, asWritten) : asWritten, opset)) {
    for (const output of node.outputs) graph.release(output);
    const told = () => node.outputs.map((output) => reading.told.get(output));
    const options = { name, outputs: node.outputs, domain: node.domain ?? '', told };
    const made = folding
      ? applyFolded(graph, node, options)
      : graph.applyAll(node.operator, node.inputs, node.attributes, options);
    for (const [i, output] of node.outputs.entries()) {
      if (output !== '') values.set(output, made[i] as Value);
    }
  }
}
