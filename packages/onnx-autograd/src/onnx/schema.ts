import type { Messages } from './wire.js';

/**
 * The messages of the ONNX format that the library reads and writes, with their field numbers.
 * `skipped` are fields for people or tools: descriptions, denotations, metadata of parts, where parts are to run. Files with
 * others (`sparse_initializer`) are refused: they would be other networks without them.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
const repeated = (type: string, id: number) => ({ rule: 'repeated' as const, type, id });
const single = (type: string, id: number) => ({ type, id });

export const messages = {
  nested: {
    OperatorSetId: { fields: { domain: single('string', 1), version: single('int64', 2) } },
    StringPair: { fields: { key: single('string', 1), value: single('string', 2) } },
    Model: {
      skipped: [4, 5, 26],
      fields: {
        irVersion: single('int64', 1),
        producerName: single('string', 2),
        producerVersion: single('string', 3),
        docString: single('string', 6),
        graph: single('Graph', 7),
        opsetImport: repeated('OperatorSetId', 8),
        metadata: repeated('StringPair', 14),
        functions: repeated('Function', 25),
      },
    },
    Function: {
      skipped: [8, 12, 14],
      fields: {
        name: single('string', 1),
        input: repeated('string', 4),
        output: repeated('string', 5),
        attribute: repeated('string', 6),
        node: repeated('Node', 7),
        opsetImport: repeated('OperatorSetId', 9),
        domain: single('string', 10),
        attributeDefault: repeated('Attribute', 11),
        overload: single('string', 13),
      },
    },
    Graph: {
      skipped: [10, 14],
      fields: {
        node: repeated('Node', 1),
        name: single('string', 2),
        initializer: repeated('Tensor', 5),
        input: repeated('ValueInfo', 11),
        output: repeated('ValueInfo', 12),
        valueInfo: repeated('ValueInfo', 13),
        metadata: repeated('StringPair', 16),
      },
    },
    Node: {
      skipped: [6, 9, 10],
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        name: single('string', 3),
        opType: single('string', 4),
        attribute: repeated('Attribute', 5),
        domain: single('string', 7),
        overload: single('string', 8),
      },
    },
    Attribute: {
      skipped: [13],
      fields: {
        name: single('string', 1),
        f: single('float', 2),
        i: single('int64', 3),
        s: single('bytes', 4),
        t: single('Tensor', 5),
        g: single('Graph', 6),
        floats: repeated('float', 7),
        ints: repeated('int64', 8),
        strings: repeated('bytes', 9),
        type: single('int32', 20),
        refAttrName: single('string', 21),
      },
    },
    Tensor: {
      skipped: [12, 16],
      fields: {
        dims: repeated('int64', 1),
        dataType: single('int32', 2),
        floatData: repeated('float', 4),
        int32Data: repeated('int32', 5),
        int64Data: repeated('int64', 7),
        name: single('string', 8),
        rawData: single('bytes', 9),
        doubleData: repeated('double', 10),
        externalData: repeated('StringPair', 13),
        dataLocation: single('int32', 14),
      },
    },
    ValueInfo: {
      skipped: [3],
      fields: { name: single('string', 1), type: single('Type', 2), metadata: repeated('StringPair', 4) },
    },
    Type: { skipped: [4, 5, 6, 8, 9], fields: { tensorType: single('TensorType', 1) } },
    TensorType: { fields: { elemType: single('int32', 1), shape: single('TensorShape', 2) } },
    TensorShape: { fields: { dim: repeated('Dimension', 1) } },
    Dimension: { skipped: [3], fields: { dimValue: single('int64', 1), dimParam: single('string', 2) } },
  },
} satisfies { readonly nested: Messages };

/** By which our files are known. */
export const ownName = 'onnx-autograd';

/**
 * Put before the names of values in the body of a node of control flow.
 *
 * @param attribute that has the body.
 */
export function bodyPrefix(node: string, attribute: string): string {
  return `${node}/${attribute === 'body' ? 'step' : attribute}/`;
}

/** 64-bit integers arrive as numbers where those are exact. */
export type Int64 = number | bigint;

export interface ModelProto {
  irVersion?: Int64;
  producerName?: string;
  producerVersion?: string;
  docString?: string;
  graph?: GraphProto;
  opsetImport?: OperatorSetProto[];
  metadata?: StringPairProto[];
  functions?: FunctionProto[];
}

export interface StringPairProto {
  key?: string;
  value?: string;
}

/** Pairs as an object; of one key, the last counts. */
export function metadataOf(pairs: readonly StringPairProto[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key ?? '', value ?? '']));
}

export interface OperatorSetProto {
  domain?: string;
  version?: Int64;
}

/** Nodes by a name of their own, which the graph uses like an operator. */
export interface FunctionProto {
  name?: string;
  domain?: string;
  overload?: string;
  input?: string[];
  output?: string[];
  /** The names of attributes without a default. */
  attribute?: string[];
  attributeDefault?: AttributeProto[];
  node?: NodeProto[];
  opsetImport?: OperatorSetProto[];
}

export interface GraphProto {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
  metadata?: StringPairProto[];
}

export interface NodeProto {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeProto[];
  domain?: string;
  overload?: string;
}

export interface AttributeProto {
  name?: string;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: Int64[];
  strings?: Uint8Array[];
  type?: number;
  refAttrName?: string;
}

export interface TensorProto {
  dims?: Int64[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: Int64[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}

export interface ValueInfoProto {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: DimensionProto[] } } };
  metadata?: StringPairProto[];
}

export interface DimensionProto {
  dimValue?: Int64;
  dimParam?: string;
}

/** `AttributeProto.AttributeType`. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;
