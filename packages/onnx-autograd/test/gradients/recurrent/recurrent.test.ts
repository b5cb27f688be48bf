import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/backward/differentiate.js';
import { add, mul, sum } from '../../../src/building/expressions.js';
import { Graph } from '../../../src/building/graph.js';
import { UnsupportedOperatorError } from '../../../src/errors.js';
import { type Attributes, float } from '../../../src/graph/attributes.js';
import type { Dimension } from '../../../src/graph/shape.js';
import type { Value } from '../../../src/graph/value.js';
import { Random } from '../../../src/random.js';
import { float32, type Tensor, toNumbers } from '../../../src/tensor.js';
import { compile } from '../../run-graph.js';
import {
  type ActivationOf,
  compute,
  directionsOf,
  gatesOf,
  type Layer,
  type Numbers,
  type Results,
  weighted,
} from './reference.js';

const names = ['x', 'w', 'r', 'b', 'h0', 'c0', 'p'] as const;
const results = ['y', 'yh', 'yc'] as const;
type Asked = readonly (keyof Results)[];

function dimsOf(layer: Layer): Record<(typeof names)[number] | keyof Results, number[]> {
  const { time, batch, features, hidden, operator } = layer;
  const [directions, rows] = [directionsOf(layer).length, gatesOf[operator] * hidden];
  const state = [directions, batch, hidden];
  return {
    x: [time, batch, features],
    w: [directions, rows, features],
    r: [directions, rows, hidden],
    b: [directions, 2 * rows],
    h0: state,
    c0: state,
    p: [directions, 3 * hidden],
    y: [time, directions, batch, hidden],
    yh: state,
    yc: state,
  };
}

function drawn(layer: Layer) {
  const random = new Random(5);
  const dims = dimsOf(layer);
  const draw = (list: readonly number[], scale: number) =>
    Array.from({ length: list.reduce((a, b) => a * b, 1) }, () => Math.fround(scale * random.normal()));
  const numbers = Object.fromEntries(
    names.map((name) => [name, draw(dims[name], 0.7)]),
  ) as unknown as Numbers;
  const weights = Object.fromEntries(
    results.map((name) => [name, draw(dims[name], 1)]),
  ) as unknown as Results;
  return { dims, numbers, weights };
}

function attributesOf(layer: Layer): Attributes {
  const { operator, hidden, direction, activations, linearBeforeReset, clip, coupled } = layer;
  const told = (which: 'alpha' | 'beta') => activations?.flatMap((one) => one[which] ?? []) ?? [];
  return {
    hidden_size: hidden,
    direction,
    ...(operator === 'GRU' && { linear_before_reset: linearBeforeReset ? 1 : 0 }),
    ...(activations && { activations: { strings: activations.map(({ name }) => name) } }),
    ...(told('alpha').length > 0 && { activation_alpha: { floats: told('alpha') } }),
    ...(told('beta').length > 0 && { activation_beta: { floats: told('beta') } }),
    ...(coupled && { input_forget: 1 }),
    ...(clip && { clip: float(clip) }),
  };
}

/** The layer in a graph, the gradients of a weighted sum of what is asked for as its outputs. */
function gradientGraph(layer: Layer, asked: Asked, symbols: Partial<Record<string, Dimension[]>> = {}) {
  const { dims } = drawn(layer);
  const graph = new Graph('layer');
  const isLstm = layer.operator === 'LSTM';
  const given = names.filter((name) => (name === 'p' ? layer.peepholes : isLstm || name !== 'c0'));
  const values = new Map(given.map((name) => [name, graph.input(name, symbols[name] ?? dims[name])]));
  const lengths = layer.lengths && graph.input('lengths', symbols.lengths ?? [layer.batch], 'int32');
  const [x, w, r, b, h0, c0, p] = names.map((name) => values.get(name));
  const inputs = isLstm ? [x, w, r, b, lengths, h0, c0, ...(p ? [p] : [])] : [x, w, r, b, lengths, h0];
  const made = graph.applyAll(layer.operator, inputs, attributesOf(layer), {
    outputCount: isLstm ? 3 : 2,
    name: 'layer',
  });
  const terms = results.flatMap((name, i) => {
    const value = made[i];
    if (value === undefined) return [];
    graph.output(value);
    if (!asked.includes(name)) return [];
    const weight = graph.input(`weights_${name}`, value.knownShape);
    return [
      sum(
        mul(value, weight),
        value.knownShape.map((_, axis) => axis),
        false,
      ),
    ];
  });
  const loss = terms.reduce((a, b) => add(a, b));
  const gradients = differentiate(graph, loss, [...values.values()]);
  for (const gradient of gradients.values()) graph.output(gradient);
  return {
    graph,
    made,
    gradients: new Map(given.map((name) => [name, gradients.get(values.get(name) as Value) as Value])),
  };
}

function feedsOf(layer: Layer, asked: Asked): Record<string, Tensor> {
  const { dims, numbers, weights } = drawn(layer);
  const { lengths } = layer;
  return {
    ...Object.fromEntries(names.map((name) => [name, float32([...numbers[name]], dims[name])])),
    ...Object.fromEntries(asked.map((name) => [`weights_${name}`, float32([...weights[name]], dims[name])])),
    ...(lengths && {
      lengths: { type: 'int32', dims: [lengths.length], data: Int32Array.from(lengths) } as const,
    }),
  };
}

/** Central differences of the formulas in double precision. */
function differences(layer: Layer, asked: Asked, name: (typeof names)[number]): number[] {
  const { numbers, weights } = drawn(layer);
  const masked = Object.fromEntries(
    results.map((key) => [key, asked.includes(key) ? weights[key] : []]),
  ) as unknown as Results;
  const step = 1e-5;
  return numbers[name].map((_, i) => {
    const moved = (by: number) =>
      weighted(
        compute(layer, { ...numbers, [name]: numbers[name].map((v, k) => (k === i ? v + by : v)) }),
        masked,
      );
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

function expectNear(found: readonly number[], wanted: readonly number[], what: string) {
  expect(found.length, what).toBe(wanted.length);
  const largest = Math.max(1e-3, ...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((value, i) => Math.abs(value - (found[i] as number))));
  expect(worst / largest, what).toBeLessThan(2e-5);
}

const sizes = { time: 5, batch: 3, features: 2, hidden: 4 };
const operators: readonly Partial<Layer>[] = [
  { operator: 'LSTM' },
  { operator: 'GRU', linearBeforeReset: true },
  { operator: 'GRU', linearBeforeReset: false },
  { operator: 'RNN' },
  { operator: 'LSTM', peepholes: true },
  { operator: 'LSTM', coupled: true },
  { operator: 'LSTM', peepholes: true, coupled: true },
];
/** Each activation in a place where it is no constant, with numbers of its own. */
const activations: readonly ActivationOf[] = [
  ...[{ name: 'Relu' }, { name: 'Softsign' }, { name: 'Softplus' }, { name: 'Sigmoid' }],
  ...[
    { name: 'LeakyRelu', alpha: 0.3 },
    { name: 'ThresholdedRelu', alpha: 0.2 },
  ],
  ...[
    { name: 'Affine', alpha: 0.6, beta: -0.1 },
    { name: 'ScaledTanh', alpha: 1.3, beta: 0.7 },
  ],
  ...[
    { name: 'HardSigmoid', alpha: 0.4, beta: 0.3 },
    { name: 'Elu', alpha: 0.5 },
  ],
] as const;
/** A list of numbers that begins with those of one activation has none for what stands before it. */
const untold: readonly ActivationOf[] = [{ name: 'LeakyRelu' }, { name: 'HardSigmoid' }, { name: 'Elu' }];
const short = (list: readonly ActivationOf[]) => list.map((one) => Object.values(one).join(' ')).join(', ');
const activated: readonly (readonly [string, Layer])[] = [
  ...[...activations, ...untold].map(
    (one) => ({ operator: 'RNN', direction: 'forward', activations: [one] }) as const,
  ),
  ...activations.map((one) => {
    const list: ActivationOf[] = [one, { name: 'ScaledTanh', alpha: 1.1, beta: 0.9 }, { name: 'Softsign' }];
    return { operator: 'LSTM', direction: 'forward', activations: list } as const;
  }),
  ...activations.map((one) => {
    const list: ActivationOf[] = [{ name: 'HardSigmoid', alpha: 0.3, beta: 0.6 }, one];
    return { operator: 'GRU', direction: 'reverse', activations: list, linearBeforeReset: true } as const;
  }),
  ...([true, false] as const).map((linearBeforeReset) => {
    const list: ActivationOf[] = [
      ...[{ name: 'Sigmoid' } as const, { name: 'Elu', alpha: 0.5 } as const],
      ...[{ name: 'HardSigmoid', alpha: 0.3, beta: 0.5 } as const, { name: 'Tanh' } as const],
    ];
    return { operator: 'GRU', direction: 'bidirectional', activations: list, linearBeforeReset } as const;
  }),
  ...([{}, { peepholes: true, clip: 0.6, lengths: [5, 2, 4] }] as const).map((more) => {
    const list: ActivationOf[] = [
      ...[{ name: 'Sigmoid' } as const, { name: 'Tanh' } as const, { name: 'Softsign' } as const],
      ...[{ name: 'HardSigmoid', alpha: 0.3 } as const, { name: 'Tanh' } as const, { name: 'Tanh' } as const],
    ];
    return { operator: 'LSTM', direction: 'bidirectional', activations: list, ...more } as const;
  }),
].map((layer) => {
  const { operator, direction, activations: list, ...more } = layer;
  const others = Object.entries(more).join(' ');
  return [`${operator}, ${direction}, ${short(list)} ${others}`, { ...sizes, ...layer }] as const;
});

const layers: readonly Layer[] = operators.flatMap((operator) =>
  (['forward', 'reverse', 'bidirectional'] as const).flatMap((direction) =>
    [{}, { lengths: [5, 2, 4] }, { clip: 0.6 }, { clip: 0.6, lengths: [1, 5, 3] }].map(
      (more) => ({ ...sizes, direction, ...operator, ...more }) as Layer,
    ),
  ),
);
const described = (layer: Layer) =>
  Object.entries(layer)
    .filter(([key]) => !(key in sizes))
    .map(([key, value]) => (key === 'operator' || key === 'direction' ? value : `${key} ${value}`))
    .join(', ');

describe('recurrent layers, beside their formulas in double precision', () => {
  it.each([...layers.map((layer) => [described(layer), layer] as const), ...activated])(
    '%s',
    async (_, layer) => {
      const asked: Asked = layer.operator === 'LSTM' ? ['y', 'yh', 'yc'] : ['y', 'yh'];
      const { graph, made, gradients } = gradientGraph(layer, asked);
      const run = await compile(graph);
      const found = await run(feedsOf(layer, asked));
      const wanted = compute(layer, drawn(layer).numbers);
      for (const [i, name] of results.entries()) {
        const value = made[i];
        if (value) expectNear(toNumbers(found[value.name] as Tensor), wanted[name], name);
      }
      for (const [name, gradient] of gradients) {
        const tensor = found[gradient.name] as Tensor;
        expect(tensor.dims).toEqual(dimsOf(layer)[name]);
        expectNear(toNumbers(tensor), differences(layer, asked, name), `gradient of ${name}`);
      }
    },
  );
});

describe('a recurrent layer of which not everything is asked for', () => {
  const lstm: Layer = { ...sizes, operator: 'LSTM', direction: 'bidirectional' };
  it.each([
    ['only the last states', lstm, ['yh']],
    ['only the last cells', lstm, ['yc']],
    ['all states and the last cells', { ...lstm, lengths: [2, 5, 1] }, ['y', 'yc']],
    [
      'only the last states of a GRU',
      { ...sizes, operator: 'GRU', direction: 'reverse', lengths: [3, 5, 4] },
      ['yh'],
    ],
    ['only the last states of an RNN', { ...sizes, operator: 'RNN', direction: 'forward' }, ['yh']],
  ] as const)('%s', async (_, layer: Layer, asked: Asked) => {
    const { graph, gradients } = gradientGraph(layer, asked);
    const found = await (await compile(graph))(feedsOf(layer, asked));
    for (const [name, gradient] of gradients) {
      expectNear(
        toNumbers(found[gradient.name] as Tensor),
        differences(layer, asked, name),
        `gradient of ${name}`,
      );
    }
  });

  it('has the same gradients where time and batch are told when the graph runs', async () => {
    for (const layer of [lstm, { ...lstm, operator: 'GRU', lengths: [2, 5, 1] } as const]) {
      const asked: Asked = layer.operator === 'LSTM' ? ['y', 'yh', 'yc'] : ['y', 'yh'];
      const state = [2, 'batch', 4];
      const open = gradientGraph(layer, asked, {
        ...{ x: ['time', 'batch', 2], lengths: ['batch'] },
        ...{ h0: state, c0: state },
      });
      const fixed = gradientGraph(layer, asked);
      const found = await (await compile(open.graph))(feedsOf(layer, asked));
      const wanted = await (await compile(fixed.graph))(feedsOf(layer, asked));
      for (const [name, gradient] of open.gradients) {
        const own = fixed.gradients.get(name)?.name ?? '';
        expectNear(toNumbers(found[gradient.name] as Tensor), toNumbers(wanted[own] as Tensor), name);
      }
    }
  });
});

describe('what has no gradient is refused by name', () => {
  const refused: readonly (readonly [string, Layer['operator'], Attributes, RegExp])[] = [
    ['the batch first', 'GRU', { layout: 1 }, /layout 1/],
    [
      'an activation',
      'RNN',
      { activations: { strings: ['Gelu'] } },
      /"Gelu" has no gradient; .*sigmoid, tanh/,
    ],
    [
      'numbers that are missing',
      'GRU',
      { activations: { strings: ['Sigmoid', 'Affine'] }, activation_alpha: { floats: [0.5] } },
      /"Affine" must be told its beta: name one in activation_beta/,
    ],
  ];
  it.each(refused)('%s of a layer %s', (_, operator, attributes, message) => {
    const graph = new Graph('refused');
    const rows = gatesOf[operator] * 4;
    const x = graph.input('x', [5, 3, 2]);
    const [w, r] = [graph.input('w', [1, rows, 2]), graph.input('r', [1, rows, 4])];
    const y = graph.apply(operator, [x, w, r], { hidden_size: 4, ...attributes }, { name: 'layer' });
    const derive = () => differentiate(graph, sum(y, [0, 1, 2, 3], false), [w]);
    expect(derive).toThrow(UnsupportedOperatorError);
    expect(derive).toThrow(message);
    expect(derive).toThrow(`${operator} (node "layer")`);
  });
});
