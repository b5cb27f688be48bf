import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { add, conv, relu, square, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { blockedDomain, blockedLayout } from '../../src/passes/blocked-layout.js';
import { Random } from '../../src/random.js';
import { channelsOfABlock, layOutInBlocks } from '../../src/runtime/node/channel-blocks.js';
import { elementCount, float32, type Tensor } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';

// What the processor has; where it has nothing, the last test is what is left.
const block = await channelsOfABlock();

const inputs = {
  x: [2, 32, 12, 11],
  narrow: [16, 32, 3, 3],
  wide: [64, 32, 3, 3],
  back: [32, 16, 3, 3],
  large: [32, 32, 5, 3],
  grouped: [32, 16, 3, 3],
  odd: [24, 32, 3, 3],
  one: [32, 32, 1, 1],
  bias: [16],
} as const;

type Inputs = Readonly<Record<keyof typeof inputs, Value>>;

const same = { pads: [1, 1, 1, 1] };

/** What a graph computes, and how often it goes into and out of blocks. */
const cases: Record<string, { write: (given: Inputs) => Value[]; into: number; outOf: number }> = {
  'a convolution': { write: ({ x, wide }) => [conv(x, wide, undefined, same)], into: 1, outOf: 1 },
  'with bias': { write: ({ x, narrow, bias }) => [conv(x, narrow, bias, same)], into: 1, outOf: 1 },
  'with a ReLU': { write: ({ x, narrow, bias }) => [relu(conv(x, narrow, bias, same))], into: 1, outOf: 1 },
  'two in a row': {
    write: ({ x, narrow, bias, back }) => [conv(relu(conv(x, narrow, bias, same)), back, undefined, same)],
    into: 1,
    outOf: 1,
  },
  'maps that others read before the ReLU': {
    write({ x, narrow, back }) {
      const maps = conv(x, narrow, undefined, same);
      return [conv(relu(maps), back, undefined, same), sum(square(maps), [0, 1, 2, 3], false)];
    },
    into: 2,
    outOf: 2,
  },
  'maps before the ReLU as an output': {
    write({ x, narrow }) {
      const maps = conv(x, narrow, undefined, same);
      return [maps, relu(maps)];
    },
    into: 1,
    outOf: 1,
  },
  'two that read the same maps': {
    write: ({ x, wide, large }) => [
      sum(square(conv(x, wide, undefined, same)), [0, 1, 2, 3], false),
      conv(x, large, undefined, { pads: [2, 1, 2, 1] }),
    ],
    into: 1,
    outOf: 2,
  },
  'a residual branch': {
    write: ({ x, large }) => [relu(add(x, conv(x, large, undefined, { pads: [2, 1, 2, 1] })))],
    into: 1,
    outOf: 1,
  },
  'a dilation and uneven padding': {
    write: ({ x, wide }) => [conv(x, wide, undefined, { pads: [2, 1, 2, 3], dilations: [2, 1] })],
    into: 1,
    outOf: 1,
  },
  'a stride': {
    write: ({ x, wide }) => [conv(x, wide, undefined, { pads: [10, 10, 10, 10], strides: [2, 3] })],
    into: 1,
    outOf: 1,
  },
  'not with groups': {
    write: ({ x, grouped }) => [conv(x, grouped, undefined, { ...same, group: 2 })],
    into: 0,
    outOf: 0,
  },
  'not at one place': { write: ({ x, one }) => [conv(x, one, undefined, {})], into: 0, outOf: 0 },
  'not to channels that fill no block': {
    write: ({ x, odd }) => [conv(x, odd, undefined, {})],
    into: 0,
    outOf: 0,
  },
  'not on small maps': {
    write: ({ x, wide }) => [conv(x, wide, undefined, { strides: [2, 2] })],
    into: 0,
    outOf: 0,
  },
};

function written(write: (given: Inputs) => Value[]): Graph {
  const graph = new Graph('blocks');
  const given = Object.entries(inputs).map(([name, shape]) => {
    return [name, graph.input(name, name === 'x' ? ['batch', ...shape.slice(1)] : shape)];
  });
  for (const value of write(Object.fromEntries(given) as Inputs)) graph.output(value);
  return graph;
}

const random = new Random(8);
const feeds: Record<string, Tensor> = Object.fromEntries(
  Object.entries(inputs).map(([name, dims]) => {
    return [
      name,
      float32(
        Array.from({ length: elementCount(dims) }, () => random.normal()),
        dims,
      ),
    ];
  }),
);

function count(graph: Graph, operator: string): number {
  return graph.nodes.filter((node) => node.domain === blockedDomain && node.operator === operator).length;
}

async function expectSame(graph: Graph, blocked: Graph) {
  const [wanted, found] = [await runOnce(graph, feeds), await runOnce(blocked, feeds)];
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, { data, dims }] of Object.entries(wanted)) {
    const [a, b] = [data as Float32Array, found[name]?.data as Float32Array];
    expect(found[name]?.dims).toEqual(dims);
    expect(Math.hypot(...a.map((value, i) => value - (b[i] as number))) / Math.hypot(...a)).toBeLessThan(
      1e-6,
    );
  }
}

describe.skipIf(block === undefined)(`in blocks of ${block} channels`, () => {
  it.each(Object.entries(cases))('%s: the same numbers', async (_, { write, into, outOf }) => {
    const graph = written(write);
    const blocked = blockedLayout(graph, block as number) ?? graph;
    expect([count(blocked, 'ReorderInput'), count(blocked, 'ReorderOutput')]).toEqual([into, outOf]);
    await expectSame(graph, blocked);
  });

  it('both gradients through two layers: the same numbers, whatever the order of the nodes', async () => {
    const graph = written(({ x, narrow, bias, back }) => [
      sum(relu(conv(relu(conv(x, narrow, bias, same)), back, undefined, same)), [0, 1, 2, 3], false),
    ]);
    const parameters = ['x', 'narrow', 'bias', 'back'].map((name) => graph.value(name));
    const gradients = differentiate(graph, graph.outputs[0] as Value, parameters);
    for (const gradient of gradients.values()) graph.output(gradient);
    const blocked = layOutInBlocks(graph, block);
    expect(count(blocked, 'Conv')).toBeGreaterThan(3);
    await expectSame(graph, blocked);
  });
});

it('says on every processor whether there are blocks, and leaves a graph alone where there are none', async () => {
  expect([undefined, 8, 16]).toContain(block);
  const graph = written(cases['with a ReLU']?.write as (given: Inputs) => Value[]);
  const laidOut = layOutInBlocks(graph, block);
  expect(count(laidOut, 'Conv')).toBe(block === undefined ? 0 : 1);
  await expectSame(graph, laidOut);
});
