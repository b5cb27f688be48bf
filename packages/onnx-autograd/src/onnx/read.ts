import { Graph } from '../building/graph.js';
import { GraphError, OnnxFormatError } from '../errors.js';
import type { Value } from '../graph/value.js';
import { elementTypeCodes, elementTypeOf } from '../operators/element-types.js';
import { elementCount } from '../tensor.js';
import { everyGraph } from './control-flow/subgraphs.js';
import { type ToldByExporter, toldByExporter } from './exporter-roles.js';
import { type ExternalData, externalPaths } from './external-data.js';
import { foreignFile } from './foreign-file.js';
import { inOrder } from './in-order.js';
import { inliningOf, standardVersion } from './inline-functions.js';
import { type InputsThatAreKnown, KnownInputs } from './known-inputs.js';
import { readNode } from './read-node.js';
import { readTensor } from './read-values.js';
import { type Reading, readShape, toldOf } from './reading.js';
import { type GraphProto, type ModelProto, messages, metadataOf, ownName } from './schema.js';
import { isValue, Scope } from './scope.js';
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
export interface ReadOptions extends InputsThatAreKnown {
  /** The bytes of the files beside it, by the paths that {@link externalFiles} tells. */
  readonly externalData?: ExternalData;
}

/**
 * Reads an `.onnx` file of opset 7 to 28 into the form of opset 17. Names are kept; what functions of the file compute
 * stands where they are called; `Constant` nodes and what is computed from them and from known shapes become
 * initializers; a batch of unknown size stays symbolic. Where it is known which branch an `If` takes, the branch stands in
 * its place, and a `Loop` or `Scan` of a known number of steps is written out; others stay as they are, and no gradient
 * passes them.
 *
 * @param options the files beside it in which its weights are, if they are not inside; what is known of its inputs.
 * @throws OnnxFormatError when the bytes are no ONNX model, a file beside it is missing, or they use what is not read here:
 *   sparse weights, opsets before 7 or after 28.
 * @throws GraphError when a node does not fit its inputs.
 */
export function readOnnx(bytes: Uint8Array, options: ReadOptions = {}): OnnxModel {
  return readModel(bytes, true, options);
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

function readModel(bytes: Uint8Array, folding: boolean, options: ReadOptions): OnnxModel {
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
      graph: readGraph(model, told.roles, folding, options),
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
  options: ReadOptions,
): Graph {
  const { graph: proto = {}, producerName } = model;
  const files = options.externalData ?? {};
  const inline = inliningOf(model);
  const nodes = inOrder(inline(proto.node ?? [], standardVersion(model.opsetImport)));
  const isOurs = producerName === ownName;
  const graph = new Graph(proto.name || 'graph');
  const scope = new Scope(graph);
  const add = (kind: string, name: string, value: () => Value) => {
    if (name === '') throw new OnnxFormatError(`${kind} has no name.`);
    if (scope.find(name)) throw new OnnxFormatError(`${kind} "${name}" has the name of another value.`);
    scope.define(name, value());
  };
  const weights = new Set<string>();
  for (const tensor of proto.initializer ?? []) {
    const name = tensor.name ?? '';
    add('The initializer', name, () => graph.initializer(readTensor(tensor, files), name, roles.get(name)));
    weights.add(name);
  }
  // As PaddlePaddle exports. Files of ours keep apart what is trained and what is constant.
  const weightsInNodes = folding && !isOurs && !everyGraph(proto).some(hasWeights);
  const known = new KnownInputs(options);
  for (const info of proto.input ?? []) {
    const name = info.name ?? '';
    if (weights.delete(name)) continue; // older files list initializers among the inputs
    const type = info.type?.tensorType;
    if (info.type !== undefined && type === undefined) {
      throw new OnnxFormatError(`The input "${name}" is no tensor (sequences and maps are not read).`);
    }
    const declared = { type: elementTypeOf(type?.elemType ?? 1), shape: readShape(info) };
    add('The input', name, () => known.declare(graph, name, declared));
  }
  known.checkAllUsed();
  for (const { node } of nodes) graph.reserve(node.output ?? []);
  const reading: Reading = {
    graph,
    folding,
    files,
    scope,
    weightsInNodes,
    inline,
    computed: new Set(nodes.flatMap(({ node }) => node.output ?? [])),
    told: toldOf([...(proto.valueInfo ?? []), ...(proto.output ?? [])]),
    outputs: new Set((proto.output ?? []).map(({ name }) => name ?? '')),
    bodies: new Map(),
    adopt: (value) => value,
    written: { copied: 0, unrolled: 0 },
    read: (within, node) => {
      checkVersion(node.opset);
      readNode(within, node);
    },
  };
  for (const node of nodes) reading.read(reading, node);
  for (const info of proto.output ?? []) {
    const value = scope.find(info.name ?? '');
    if (value === undefined) throw new OnnxFormatError(`The output "${info.name}" is computed by no node.`);
    if (!isValue(value))
      throw new OnnxFormatError(`The output "${info.name}" is a sequence, and no tensor: it is not read.`);
    graph.output(value);
  }
  return graph;
}

function hasWeights({ initializer = [] }: GraphProto): boolean {
  return initializer.some(
    ({ dataType, dims = [] }) => dataType === elementTypeCodes.float32 && elementCount(dims.map(Number)) > 1,
  );
}
