import type { Graph } from '../building/graph.js';
import { OnnxFormatError } from '../errors.js';
import type { Shape } from '../graph/shape.js';
import type { Value, ValueType, WeightRole } from '../graph/value.js';
import { byCode } from '../operators/element-types.js';
import type { Tensor } from '../tensor.js';
import type { ExternalData } from './external-data.js';
import type { InlineFunctions, VersionedNode } from './inline-functions.js';
import { readDimension } from './read-values.js';
import type { GraphProto, NodeProto, ValueInfoProto } from './schema.js';
import type { Scope } from './scope.js';

/** What is the same for all nodes of a graph that are being read, or of a graph within it. */
export interface Reading {
  /** To which the nodes are added. */
  readonly graph: Graph;
  /** Whether what is known before the graph runs is computed at once. */
  readonly folding: boolean;
  /** What lies beside the model. */
  readonly files: ExternalData;
  /** What the names of the file stand for here. */
  readonly scope: Scope;
  /** What nodes compute anywhere in this graph of the file. */
  readonly computed: ReadonlySet<string>;
  /** The types and shapes that the file tells of what nodes compute. */
  readonly told: ReadonlyMap<string, ValueType>;
  /** Whether weights are in `Constant` nodes. */
  readonly weightsInNodes: boolean;
  /** Writes the functions of the file out. */
  readonly inline: InlineFunctions;
  /** The outputs of the whole graph, which are found by their names. */
  readonly outputs: ReadonlySet<string>;
  /** The graphs within nodes that were opened: the steps of a loop share what is stored in one. */
  readonly bodies: Map<GraphProto, OpenBody>;
  /** Where numbers of graphs within nodes are put: the reading itself, unless its graph is a part that is kept in a node. */
  readonly home?: Reading;
  /**
   * What stands for a value of a graph around this one.
   *
   * @param isOfBody whether nothing else reads it.
   */
  adopt(value: Value, isOfBody?: boolean): Value;
  readonly written: Written;
  /** Adds a node of the file. */
  read(reading: Reading, node: VersionedNode): void;
}

/** A graph within a node, once what it stores is in the graph around it. */
export interface OpenBody {
  readonly proto: GraphProto;
  /** In an order in which they can run; without `Constant` nodes. */
  readonly nodes: readonly VersionedNode[];
  /** Its initializers and constants, by name. */
  readonly stored: ReadonlyMap<string, Value>;
  readonly computed: ReadonlySet<string>;
  readonly told: ReadonlyMap<string, ValueType>;
}

/** How much of a file has become more than it was. */
export interface Written {
  /** Bytes of weights that were stored once and are now several. */
  copied: number;
  /** Nodes that loops were written out to. */
  unrolled: number;
}

/** Values that exporters stored once are copied; more bytes than this for copies is no network. */
const copiedAtMost = 2 ** 28;

/** @throws OnnxFormatError when a file has become too large by copies. */
export function countCopy({ written }: Reading, bytes: number, of: string): void {
  written.copied += bytes;
  if (written.copied > copiedAtMost)
    throw new OnnxFormatError(`"${of}": the file's copies of weights take more than 256 MiB.`);
}

/** The types and shapes that a file tells of values. */
export function toldOf(infos: readonly ValueInfoProto[]): Map<string, ValueType> {
  const told = new Map<string, ValueType>();
  for (const info of infos) {
    const type = byCode.get(info.type?.tensorType?.elemType ?? 0);
    if (type !== undefined) told.set(info.name ?? '', { type, shape: readShape(info) });
  }
  return told;
}

/** The sizes that the file tells of a value; `undefined` where it does not even tell their number. */
export function readShape({ name = '', type }: ValueInfoProto): Shape | undefined {
  return type?.tensorType?.shape?.dim?.map((dim, axis) => readDimension(dim, `${name}_${axis}`));
}

/** The outputs of a node, but for those at the end that are left out. */
export function outputsOf({ output = [] }: NodeProto): string[] {
  const outputs = [...output];
  while (outputs.at(-1) === '') outputs.pop();
  return outputs;
}

/** Whether a `Constant` node holds a weight, as PaddlePaddle exports them. */
export function isWeightInNode({ weightsInNodes }: Reading, { type, data }: Tensor): boolean {
  return weightsInNodes && type === 'float32' && data.length > 1;
}

/** Numbers that a file stores. */
export function given(
  graph: Graph,
  tensor: Tensor,
  name: string,
  constant: boolean,
  role?: WeightRole,
): Value {
  return constant ? graph.constant(tensor, name) : graph.initializer(tensor, name, role);
}
