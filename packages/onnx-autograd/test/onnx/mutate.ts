import {
  type AttributeProto,
  attributeTypes,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../src/onnx/schema.js';
import { operators } from '../../src/operators/catalogue.js';
import type { Random } from '../../src/random.js';
import { modelMessage } from './protobuf.js';

export const encode = (model: ModelProto): Uint8Array =>
  modelMessage.encode(modelMessage.fromObject(model as Record<string, unknown>)).finish();

/** A model as plain data, to be changed. */
export const decode = (bytes: Uint8Array): ModelProto =>
  modelMessage.toObject(modelMessage.decode(bytes), { longs: Number, arrays: true }) as ModelProto;

/** Whole numbers at which something may break: signs, sizes of types, sizes of memory. */
const edges: readonly number[] = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  7,
  64,
  255,
  256,
  257,
  4096,
  65536,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 40,
  2 ** 53,
  -(2 ** 53),
  2 ** 62,
  -(2 ** 63),
];
const names: readonly string[] = [
  '',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'ünï',
  'If',
  'Loop',
  'Constant',
];
const attributeNames: readonly string[] = [
  ...[
    'axis',
    'axes',
    'perm',
    'kernel_shape',
    'strides',
    'pads',
    'dilations',
    'group',
    'blocksize',
    'to',
    'value',
    'start',
  ],
  ...[
    'end',
    'keepdims',
    'equation',
    'num_outputs',
    'auto_pad',
    'ceil_mode',
    'output_shape',
    'mode',
    'split',
    'scales',
  ],
];
const texts: readonly string[] = [
  '',
  'SAME_UPPER',
  'i,j->',
  '->',
  ',,',
  'iijj->i',
  'linear',
  'cubic',
  '*',
  '0',
];

const edgeList = (random: Random) => Array.from({ length: random.integer(0, 6) }, () => random.pick(edges));
const utf8 = new TextEncoder();

function drawAttribute(random: Random): AttributeProto {
  const name = random.pick(attributeNames);
  switch (random.integer(0, 5)) {
    case 0:
      return { name, type: attributeTypes.int, i: random.pick(edges) };
    case 1:
      return { name, type: attributeTypes.ints, ints: edgeList(random) };
    case 2:
      return { name, type: attributeTypes.float, f: random.pick([0, -1, Number.NaN, Infinity, 1e-40, 0.5]) };
    case 3:
      return { name, type: attributeTypes.string, s: utf8.encode(random.pick(texts)) };
    case 4:
      return { name, type: attributeTypes.tensor, t: drawTensor(random, '') };
    default:
      return { name, type: random.integer(-1, 20) };
  }
}

/** A list of numbers whose shape tells the truth, or not. */
function drawTensor(random: Random, name: string): TensorProto {
  const list = edgeList(random);
  const dims = random.uniform() < 0.7 ? [list.length] : edgeList(random);
  if (random.uniform() < 0.7) return { name, dims, dataType: 7, int64Data: list };
  if (random.uniform() < 0.7) return { name, dims, dataType: 1, floatData: list };
  return { name, dims, dataType: random.integer(0, 20), rawData: new Uint8Array(random.integer(0, 64)) };
}

const valueNames = (graph: GraphProto): string[] => [
  ...(graph.initializer ?? []).map(({ name }) => name ?? ''),
  ...(graph.input ?? []).map(({ name }) => name ?? ''),
  ...(graph.node ?? []).flatMap(({ output }) => output ?? []),
];

type Mutation = (model: ModelProto, random: Random) => void;

/** One of a list; another where it is empty. */
const oneOf = <T>(list: readonly T[] | undefined, random: Random, otherwise: T): T =>
  list?.length ? random.pick(list) : otherwise;
const node = (model: ModelProto, random: Random): NodeProto => oneOf(model.graph?.node, random, {});
const tensor = (model: ModelProto, random: Random): TensorProto =>
  oneOf(model.graph?.initializer, random, {});
const anyName = (model: ModelProto, random: Random): string =>
  random.uniform() < 0.1 ? random.pick(names) : oneOf(valueNames(model.graph ?? {}), random, '');
const place = (list: readonly unknown[], random: Random): number =>
  random.integer(0, Math.max(0, list.length - 1));

/** One change each, of a kind that a broken or hostile exporter might make. */
const mutations: Readonly<Record<string, Mutation>> = {
  operator: (model, random) => {
    node(model, random).opType = random.uniform() < 0.2 ? random.pick(names) : random.pick(operators);
  },
  input: (model, random) => {
    const { input = [] } = node(model, random);
    input[place(input, random)] = anyName(model, random);
  },
  inputs: (model, random) => {
    node(model, random).input = Array.from({ length: random.integer(0, 5) }, () => anyName(model, random));
  },
  'name of an output': (model, random) => {
    const { output = [] } = node(model, random);
    output[place(output, random)] = anyName(model, random);
  },
  outputs: (model, random) => {
    const one = node(model, random);
    const more = Array.from(
      { length: random.integer(0, 4) },
      (_, i) => `more_${random.integer(0, 999)}_${i}`,
    );
    one.output = [...(one.output ?? []).slice(0, random.integer(0, 1)), ...more];
  },
  attribute: (model, random) => {
    const one = node(model, random);
    one.attribute = [...(one.attribute ?? []).slice(random.integer(0, 2)), drawAttribute(random)];
  },
  'number in an attribute': (model, random) => {
    const one = random.pick([...(node(model, random).attribute ?? []), {}]);
    if (one.ints?.length) one.ints[place(one.ints, random)] = random.pick(edges);
    else one.i = random.pick(edges);
  },
  order: (model, random) => {
    const nodes = model.graph?.node ?? [];
    const [a, b] = [place(nodes, random), place(nodes, random)];
    [nodes[a], nodes[b]] = [nodes[b] ?? {}, nodes[a] ?? {}];
  },
  'node twice': (model, random) => {
    model.graph?.node?.push(node(model, random));
  },
  'node gone': (model, random) => {
    const nodes = model.graph?.node ?? [];
    nodes.splice(place(nodes, random), 1);
  },
  'shape of a tensor': (model, random) => {
    const one = tensor(model, random);
    one.dims = random.uniform() < 0.5 ? edgeList(random) : [...(one.dims ?? []), random.pick(edges)];
  },
  'type of a tensor': (model, random) => {
    tensor(model, random).dataType = random.integer(-1, 24);
  },
  'data of a tensor': (model, random) => {
    const one = tensor(model, random);
    one.rawData = (one.rawData ?? new Uint8Array(8)).slice(0, random.integer(0, 64));
  },
  'numbers as a list': (model, random) => {
    const initializers = model.graph?.initializer ?? [];
    const at = place(initializers, random);
    initializers[at] = drawTensor(random, initializers[at]?.name ?? '');
  },
  'shape of an input': (model, random) => {
    const dim = edgeList(random).map((dimValue) =>
      random.uniform() < 0.2
        ? { dimParam: random.pick(['N', '2*N', '', '*', '9'.repeat(400)]) }
        : { dimValue },
    );
    const elemType = random.uniform() < 0.8 ? 1 : random.integer(-1, 20);
    const one = oneOf(model.graph?.input, random, {});
    one.type = random.uniform() < 0.1 ? {} : { tensorType: { elemType, shape: { dim } } };
  },
  opset: (model, random) => {
    model.opsetImport = [{ domain: '', version: random.pick([...edges, 8, 9, 11, 12, 13, 15, 18, 21]) }];
  },
  'output of the graph': (model, random) => {
    model.graph?.output?.push({ name: anyName(model, random) });
  },
  'arithmetic of huge sizes': (model, random) => {
    const sizes = `sizes_${random.integer(0, 1e6)}`;
    const opType = random.pick([
      'ConstantOfShape',
      'Expand',
      'Tile',
      'Range',
      'Reshape',
      'Slice',
      'Pad',
      'Resize',
      'Gather',
    ]);
    model.graph?.initializer?.push(drawTensor(random, sizes));
    const input = opType === 'ConstantOfShape' ? [sizes] : [anyName(model, random), sizes];
    if (opType === 'Range') input.splice(0, 2, sizes, sizes, sizes);
    if (opType === 'Slice') input.push(sizes);
    model.graph?.node?.push({ opType, input, output: [`${sizes}_out`] });
  },
  'a chain that doubles': (model, random) => {
    const start = `chain_${random.integer(0, 1e6)}`;
    const opType = random.pick(['Add', 'Mul', 'Concat', 'Max', 'MatMul', 'Sum', 'Identity']);
    model.graph?.node?.push({ opType: 'Shape', input: [anyName(model, random)], output: [`${start}_0`] });
    for (let i = 0; i < 60; i++) {
      const attribute = opType === 'Concat' ? [{ name: 'axis', type: attributeTypes.int, i: 0 }] : [];
      const input = opType === 'Identity' ? [`${start}_${i}`] : [`${start}_${i}`, `${start}_${i}`];
      model.graph?.node?.push({ opType, input, output: [`${start}_${i + 1}`], attribute });
    }
  },
};

/** Changes a model in one to four ways; returns what was done, for the report. */
export function mutate(model: ModelProto, random: Random): string[] {
  return Array.from({ length: random.integer(1, 4) }, () => {
    const [name, change] = random.pick(Object.entries(mutations));
    change(model, random);
    return name;
  });
}
