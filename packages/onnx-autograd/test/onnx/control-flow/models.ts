import {
  type AttributeProto,
  attributeTypes,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../../src/onnx/schema.js';
import { int, ints } from '../opset-model.js';
import { modelMessage } from '../protobuf.js';

// Models with graphs within their nodes, in a few words.

export { int, ints };

export const within = (name: string, g: GraphProto): AttributeProto => ({
  name,
  type: attributeTypes.graph,
  g,
});

export const node = (
  opType: string,
  input: string[],
  output: string[],
  attribute: AttributeProto[] = [],
  more: NodeProto = {},
): NodeProto => ({ opType, input, output, attribute, ...more });

/** `float32`, `int64` or `bool`, and sizes: a name is one that is open. */
export type Declared = readonly [type: 'float32' | 'int64' | 'bool', ...sizes: (number | string)[]];

const codes = { float32: 1, int64: 7, bool: 9 } as const;

export function info(name: string, declared?: Declared): ValueInfoProto {
  if (declared === undefined) return { name };
  const [type, ...sizes] = declared;
  const dim = sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: codes[type], shape: { dim } } } };
}

/** A value of which only the type is told. */
export function typed(name: string, type: keyof typeof codes): ValueInfoProto {
  return { name, type: { tensorType: { elemType: codes[type] } } };
}

export const floats = (name: string, dims: number[], ...floatData: number[]): TensorProto => ({
  name,
  dims,
  dataType: 1,
  floatData,
});
export const whole = (name: string, dims: number[], ...int64Data: number[]): TensorProto => ({
  name,
  dims,
  dataType: 7,
  int64Data,
});
export const truth = (name: string, value: boolean): TensorProto => ({
  name,
  dims: [],
  dataType: 9,
  int32Data: [Number(value)],
});

export interface Parts {
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
}

export function graph(
  nodes: readonly NodeProto[],
  { inputs = [], outputs, initializers = [] }: Parts,
): GraphProto {
  return {
    name: 'part',
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: [...initializers],
  };
}

export interface Case extends Partial<Parts> {
  readonly nodes: readonly NodeProto[];
  readonly functions?: readonly FunctionProto[];
  readonly opset?: number;
}

/** A model with the input `x` (2, 3), unless it says others, and the output `y`. */
export function modelOf({ nodes, functions = [], opset = 17, ...parts }: Case): Uint8Array {
  const { inputs = [info('x', ['float32', 2, 3])], outputs = [typed('y', 'float32')] } = parts;
  const model: ModelProto = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'own', version: 1 },
    ],
    functions: [...functions],
    graph: { ...graph(nodes, { ...parts, inputs, outputs }), name: 'flow' },
  };
  return modelMessage.encode(modelMessage.fromObject(model as Record<string, unknown>)).finish();
}

/** An `If` whose branches have the outputs of the same place. */
export function choice(
  condition: string,
  output: string[],
  [yes, no]: readonly [GraphProto, GraphProto],
  more: NodeProto = {},
): NodeProto {
  return node('If', [condition], output, [within('then_branch', yes), within('else_branch', no)], more);
}

/** A branch of nodes, the last of which makes its output. */
export function branch(...nodes: NodeProto[]): GraphProto {
  return graph(nodes, { outputs: [typed(nodes.at(-1)?.output?.[0] ?? '', 'float32')] });
}

/** A body of a `Loop` with one float state `h`, which it makes `next` of, and the condition that it is given. */
export function body(
  nodes: readonly NodeProto[],
  {
    made = [],
    states = ['h'],
    next = ['next'],
    inputs,
    outputs,
    initializers = [],
  }: Partial<{
    readonly made: readonly string[];
    readonly states: readonly string[];
    readonly next: readonly string[];
    readonly inputs: readonly ValueInfoProto[];
    readonly outputs: readonly ValueInfoProto[];
    readonly initializers: readonly TensorProto[];
  }> = {},
): GraphProto {
  return graph(outputs ? nodes : [...nodes, node('Identity', ['go'], ['on'])], {
    inputs: inputs ?? [
      info('i', ['int64']),
      info('go', ['bool']),
      ...states.map((state) => typed(state, 'float32')),
    ],
    outputs: outputs ?? [typed('on', 'bool'), ...[...next, ...made].map((name) => typed(name, 'float32'))],
    initializers,
  });
}

/** Nodes of a recurrence: `next`, the tanh of the state `h` by `w`. */
export const step = [node('MatMul', ['h', 'w'], ['m']), node('Tanh', ['m'], ['next'])];
/** Such weights. */
export const square = floats('w', [3, 3], 1, -0.5, 0.25, 0.5, 0.75, -1, 0.1, 0.2, -0.3);

/** A `Loop`, whose body {@link body} makes. */
export const loop = (inputs: string[], outputs: string[], ...rest: Parameters<typeof body>): NodeProto =>
  node('Loop', inputs, outputs, [within('body', body(...rest))], { name: 'steps' });

/** Of a `Scan`: `h + x_t`, and its tanh. */
export const summing = graph([node('Add', ['h', 'e'], ['next']), node('Tanh', ['next'], ['made'])], {
  inputs: [typed('h', 'float32'), typed('e', 'float32')],
  outputs: [typed('next', 'float32'), typed('made', 'float32')],
});
