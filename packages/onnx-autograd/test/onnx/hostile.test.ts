import { describe, expect, it } from 'vitest';
import { GraphError, OnnxFormatError } from '../../src/errors.js';
import { readOnnx } from '../../src/onnx/read.js';
import {
  type AttributeProto,
  attributeTypes,
  type NodeProto,
  type TensorProto,
} from '../../src/onnx/schema.js';
import { findWeights } from '../../src/programs/weights.js';
import { encode } from './mutate.js';

const ints = (name: string, ...list: number[]): AttributeProto => ({
  name,
  type: attributeTypes.ints,
  ints: list,
});
const int = (name: string, i: number): AttributeProto => ({ name, type: attributeTypes.int, i });
const node = (
  opType: string,
  input: string[],
  output: string[],
  ...attribute: AttributeProto[]
): NodeProto => ({
  opType,
  input,
  output,
  attribute,
});
const list = (name: string, ...int64Data: number[]): TensorProto => ({
  name,
  dims: [int64Data.length],
  dataType: 7,
  int64Data,
});
const zeros = (name: string, count: number): TensorProto => ({
  name,
  dims: [count],
  dataType: 1,
  rawData: new Uint8Array(4 * count),
});

interface Case {
  readonly nodes: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  /** Sizes of the input `x`. */
  readonly x?: readonly (number | string)[];
  readonly output?: string;
}

function bytesOf({ nodes, initializers = [], x = ['batch', 3], output = 'y' }: Case): Uint8Array {
  const dim = x.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'hostile',
      node: [...nodes],
      initializer: [...initializers],
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: [{ name: output }],
    },
  });
}

/** `count` nodes, each fed `times` over by the one before. */
function chain(operator: string, count: number, times: number, ...attribute: AttributeProto[]): NodeProto[] {
  return Array.from({ length: count }, (_, i) =>
    node(
      operator,
      new Array(times).fill(i === 0 ? 'start' : `v${i}`),
      [i + 1 === count ? 'y' : `v${i + 1}`],
      ...attribute,
    ),
  );
}

const shape = node('Shape', ['x'], ['start']);
const start = node('Relu', ['x'], ['start']);

/** Sound files that look as if they would take for ever. */
const read: Readonly<Record<string, Case>> = {
  'sizes added to themselves sixty times': { nodes: [shape, ...chain('Add', 60, 2)] },
  'sizes multiplied by themselves sixty times': { nodes: [shape, ...chain('Mul', 60, 2)] },
  'sizes joined to themselves forty times': { nodes: [shape, ...chain('Concat', 40, 2, int('axis', 0))] },
  'maps joined to themselves forty times': { nodes: [start, ...chain('Concat', 40, 2, int('axis', 0))] },
  'twenty thousand nodes in a row': { nodes: [start, ...chain('Identity', 20_000, 1)] },
  'windows over an unknown size, five thousand times': {
    x: ['batch', 3, 'length'],
    nodes: [start, ...chain('MaxPool', 5000, 1, ints('kernel_shape', 2), ints('strides', 2))],
  },
  'operators with the names of an object’s own properties': {
    nodes: ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']
      .map((name, i) => node(name, [i === 0 ? 'x' : `o${i - 1}`], [`o${i}`]))
      .concat(node('Identity', ['o4'], ['y'])),
  },
  'a range of 2^40 numbers': {
    initializers: [0, 2 ** 40, 1].map((bound, i) => ({
      name: `b${i}`,
      dims: [],
      dataType: 7,
      int64Data: [bound],
    })),
    nodes: [node('Range', ['b0', 'b1', 'b2'], ['y'])],
  },
  'nodes in no order': {
    nodes: [node('Relu', ['a'], ['y']), node('Relu', ['x'], ['a'])],
  },
  'a chain that is written from behind': {
    nodes: Array.from({ length: 5000 }, (_, i) =>
      node('Relu', [i === 4999 ? 'x' : `v${i + 1}`], [i === 0 ? 'y' : `v${i}`]),
    ),
  },
  'a constant of 2^52 zeros': {
    initializers: [list('sizes', 2 ** 26, 2 ** 26)],
    nodes: [node('ConstantOfShape', ['sizes'], ['y'])],
  },
  'a slice of 2^40 rows that are empty': {
    initializers: [
      { name: 'none', dims: [2 ** 40, 0], dataType: 7, int64Data: [] },
      list('first', 0),
      list('last', 2 ** 40),
    ],
    nodes: [node('Slice', ['none', 'first', 'last'], ['y'])],
  },
};

const refused: Readonly<Record<string, readonly [Case, RegExp]>> = {
  'a cycle': [
    { nodes: [node('Relu', ['b'], ['a']), node('Relu', ['a'], ['b'])] },
    /its input "a" is computed by a node that needs this one: the nodes go in a circle/,
  ],
  'a node that needs itself': [{ nodes: [node('Add', ['x', 'y'], ['y'])] }, /the nodes go in a circle/],
  'a circle behind nodes in no order': [
    { nodes: [node('Relu', ['a'], ['y']), node('Add', ['c', 'x'], ['a']), node('Neg', ['a'], ['c'])] },
    /the nodes go in a circle/,
  ],
  'an input of nobody': [{ nodes: [node('Relu', ['b'], ['y'])] }, /nothing computes its input "b"/],
  'a value that is computed twice': [
    { nodes: [node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])] },
    /another value is called "y" too/,
  ],
  'a node that computes a value twice': [
    { nodes: [node('Split', ['x'], ['y', 'y'], int('axis', 0))] },
    /another value is called "y" too/,
  ],
  'an initializer twice': [
    { initializers: [list('a', 1), list('a', 2)], nodes: [start] },
    /"a" has the name of another/,
  ],
  'a value without a name': [{ initializers: [list('', 1)], nodes: [start] }, /has no name/],
  'a node without an operator': [{ nodes: [node('', ['x'], ['y'])] }, /no operator/],
  'a thousand copies of one weight of a megabyte': [
    {
      initializers: [zeros('w', 2 ** 18)],
      nodes: Array.from({ length: 1000 }, (_, i) => node('Identity', ['w'], [`c${i}`])),
      output: 'c0',
    },
    /copies of weights take more than/,
  ],
  'a million axes to reduce': [
    {
      initializers: [{ ...zeros('axes', 2 ** 19), dataType: 7, dims: [2 ** 18] }],
      nodes: [node('ReduceSum', ['x', 'axes'], ['y'])],
    },
    /"axes" has 262144 elements where a list/,
  ],
  'a thousand axes': [
    { x: new Array(1000).fill(1), nodes: [start], output: 'start' },
    /1000 axes; at most 64/,
  ],
  'more elements than can be counted': [
    { x: [2 ** 40, 2 ** 40], nodes: [node('Flatten', ['x'], ['y'], int('axis', 0))] },
    /is no size/,
  ],
  'a size below zero': [
    { initializers: [list('pads', -5, 0, 0, 0)], x: [3, 3], nodes: [node('Pad', ['x', 'pads'], ['y'])] },
    /\(-2, 3\), where -2 is no size/,
  ],
  'sizes that are no whole numbers': [
    {
      initializers: [{ ...zeros('pads', 4), rawData: new Uint8Array(16).fill(63) }],
      nodes: [node('Pad', ['x', 'pads'], ['y'])],
    },
    /Pad: .* is not an amount/,
  ],
  'a size copied from an axis that is not there': [
    { initializers: [list('sizes', 3, 0, 0)], nodes: [node('Reshape', ['x', 'sizes'], ['y'])] },
    /Reshape.*cannot become \(3, 0, 0\)/,
  ],
  'two sizes left open': [
    { initializers: [list('sizes', -1, -1)], nodes: [node('Reshape', ['x', 'sizes'], ['y'])] },
    /cannot become/,
  ],
  'a permutation of other axes': [
    { nodes: [node('Transpose', ['x'], ['y'], ints('perm', 0, 5))] },
    /perm \[0,5\]/,
  ],
  'maps of different ranks joined': [
    { initializers: [list('one', 1)], nodes: [shape, node('Concat', ['x', 'one'], ['y'], int('axis', 0))] },
    /cannot be joined/,
  ],
  'an axis that is not there, flattened': [
    { nodes: [node('Flatten', ['x'], ['y'], int('axis', 9))] },
    /no axis 9/,
  ],
  'a list where a number is due': [
    { nodes: [node('Flatten', ['x'], ['y'], { name: 'axis', type: 4, t: list('', 1) })] },
    /should be an integer; got a tensor/,
  ],
  'nothing to compare': [{ nodes: [node('Less', [], ['y'])] }, /Less.*input 0 is missing/],
  'a scalar in parts': [{ x: [], nodes: [node('Split', ['x'], ['y', 'z'])] }, /a scalar has no parts/],
  'a window without a size': [
    { x: [1, 1, 4], nodes: [node('MaxPool', ['x'], ['y'])] },
    /"kernel_shape" is missing/,
  ],
  'a window of other axes': [
    { x: [1, 1, 4], nodes: [node('MaxPool', ['x'], ['y'], ints('kernel_shape', 2, 2))] },
    /window of \[2,2\] does not slide/,
  ],
};

/** What an action computes, in seconds: on a busy machine the clock goes on without it. */
function timed(action: () => void): number {
  const started = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

describe('a file that is sound is read, and soon', () => {
  it.each(Object.entries(read))('%s', (_, one) => {
    const bytes = bytesOf(one);
    expect(timed(() => findWeights(readOnnx(bytes).graph))).toBeLessThan(2);
  });
});

describe('a file that is not sound is refused, and soon', () => {
  it.each(Object.entries(refused))('%s', (_, [one, message]) => {
    const bytes = bytesOf(one);
    let error: unknown;
    const seconds = timed(() => {
      try {
        readOnnx(bytes);
      } catch (thrown) {
        error = thrown;
      }
    });
    expect(seconds).toBeLessThan(2);
    expect(error instanceof OnnxFormatError || error instanceof GraphError, String(error)).toBe(true);
    expect(String(error)).toMatch(message);
  });

  it('graphs within graphs, a hundred thousand deep', () => {
    // Model.graph is field 7, then Graph.node 1, Node.attribute 5, Attribute.g 6 again and again; all end together.
    const depth = 300_000;
    const bytes = new Uint8Array(4 * depth);
    for (let i = 0; i < depth; i++) {
      const field = i === 0 ? 7 : ([1, 5, 6][(i - 1) % 3] as number);
      const inside = 4 * (depth - i - 1);
      bytes.set(
        [(field << 3) | 2, (inside & 0x7f) | 0x80, ((inside >> 7) & 0x7f) | 0x80, inside >> 14],
        4 * i,
      );
    }
    expect(() => readOnnx(bytes)).toThrow(OnnxFormatError);
  });

  it('lengths that claim more than the file has', () => {
    const sound = bytesOf({ nodes: [start], output: 'start' });
    for (let at = 0; at < sound.length; at++) {
      for (const claim of [0x7f, 0xff]) {
        const bytes = sound.slice();
        bytes[at] = claim;
        try {
          readOnnx(bytes);
        } catch (error) {
          expect(error instanceof OnnxFormatError || error instanceof GraphError, `${at}: ${error}`).toBe(
            true,
          );
        }
      }
    }
  });
});
