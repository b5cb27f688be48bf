import { type AttributeProto, attributeTypes, type NodeProto } from '../../src/onnx/schema.js';
import { modelMessage } from './protobuf.js';

const utf8 = new TextEncoder();
export const ints = (name: string, ...list: number[]): AttributeProto => ({
  name,
  type: attributeTypes.ints,
  ints: list,
});
export const int = (name: string, i: number): AttributeProto => ({ name, type: attributeTypes.int, i });
export const number = (name: string, f: number): AttributeProto => ({ name, type: attributeTypes.float, f });
export const floats = (name: string, ...list: number[]): AttributeProto => ({
  name,
  type: attributeTypes.floats,
  floats: list,
});
export const text = (name: string, value: string): AttributeProto => ({
  name,
  type: attributeTypes.string,
  s: utf8.encode(value),
});

/** A node as some opset had it, of one input `x`; its outputs are `y`, `y1` … */
export interface Case {
  readonly operator: string;
  readonly opset: number;
  readonly attributes?: readonly AttributeProto[];
  readonly x?: readonly number[];
  /** The element type of `x` by the format's number; float32 when absent. */
  readonly type?: number;
  /** The place of `x` among the inputs; the first when absent. Elsewhere its first axis is no batch. */
  readonly at?: number;
  /** More inputs, as initializers: whole numbers where their name begins with `sizes`, truth values with `mask`. */
  readonly more?: Readonly<Record<string, readonly number[]>>;
  /** Their shapes, where they have more than one axis or none. */
  readonly dims?: Readonly<Record<string, readonly number[]>>;
  /** Of the operator; the standard's own when absent. */
  readonly domain?: string;
  readonly outputs?: number;
  /** The shape of `y` with a symbolic batch. */
  readonly shape: readonly (number | string)[];
}

/** A file with one such node. */
export function model(
  {
    operator,
    opset,
    domain = '',
    attributes = [],
    x = [2, 3, 4],
    type = 1,
    at = 0,
    more = {},
    dims = {},
    outputs = 1,
  }: Case,
  batch: boolean,
) {
  const dim = x.map((dimValue, i) => (batch && i === 0 && at === 0 ? { dimParam: 'batch' } : { dimValue }));
  const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? 'y' : `y${i}`));
  // What is called so is absent.
  const others = Object.keys(more).map((name) => (name.startsWith('absent') ? '' : name));
  const node: NodeProto = {
    opType: operator,
    domain,
    input: others.toSpliced(at, 0, 'x'),
    output: names,
    attribute: [...attributes],
  };
  const present = Object.entries(more).filter(([name]) => !name.startsWith('absent'));
  const graph = {
    name: 'older',
    node: [node],
    initializer: present.map(([name, list]) => ({
      name,
      dims: [...(dims[name] ?? [list.length])],
      ...(name.startsWith('sizes')
        ? { dataType: 7, int64Data: [...list] }
        : name.startsWith('mask')
          ? { dataType: 9, int32Data: [...list] }
          : { dataType: 1, floatData: [...list] }),
    })),
    input: [{ name: 'x', type: { tensorType: { elemType: type, shape: { dim } } } }],
    output: names.map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
  };
  const proto = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: opset }, ...(domain === '' ? [] : [{ domain, version: 1 }])],
    graph,
  };
  return modelMessage.encode(modelMessage.fromObject(proto)).finish();
}
