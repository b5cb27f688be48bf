import {
  crossEntropy,
  expressions,
  type Feeds,
  float,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  Random,
  sgd,
  type Tensor,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { cutIntoSegments } from '../../src/backward/checkpoints.js';
import { executedRuns } from '../../src/profiling/profile.js';

const { add, conv, flatten, globalAveragePool, relu } = expressions;

/** Adds layers to a graph; their weights are drawn. */
class Layers {
  readonly #random = new Random(1);
  #count = 0;
  constructor(readonly graph: Graph) {}

  #drawn(dims: number[], scale: number): Value {
    const length = dims.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length }, () => scale * this.#random.normal());
    return this.graph.initializer(float32(data, dims), `weight${++this.#count}`);
  }
  conv = (x: Value, channels: number) => {
    const before = x.knownShape[1] as number;
    const filter = this.#drawn([channels, before, 3, 3], Math.sqrt(2 / (9 * before)));
    return conv(x, filter, this.#drawn([channels], 0.1), { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  };
  norm = (x: Value) => {
    const channels = x.knownShape[1] as number;
    const filled = (value: number) =>
      this.graph.initializer(
        float32(new Float32Array(channels).fill(value), [channels]),
        `norm${++this.#count}`,
      );
    return this.graph.apply('BatchNormalization', [x, filled(1), filled(0), filled(0), filled(1)], {
      epsilon: float(1e-5),
      momentum: float(0.9),
    });
  };
  pool = (x: Value) => this.graph.apply('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  dropout = (x: Value) => this.graph.apply('Dropout', [x, this.graph.initializer(float32(0.3), 'ratio')]);
  head = (x: Value) =>
    this.graph.apply(
      'Gemm',
      [flatten(globalAveragePool(x)), this.#drawn([3, x.knownShape[1] as number], 0.5)],
      {
        transB: 1,
      },
    );
}

type Build = (layers: Layers, x: Value) => Value;

const networks: Record<string, Build> = {
  plain: (l, x) => {
    for (let i = 0; i < 10; i++) x = relu(l.conv(x, 6));
    return l.head(x);
  },
  'with poolings': (l, x) => {
    for (let i = 0; i < 3; i++) x = l.pool(relu(l.conv(relu(l.conv(x, 4 << i)), 4 << i)));
    return l.head(x);
  },
  'with batch normalization': (l, x) => {
    for (let i = 0; i < 6; i++) x = relu(l.norm(l.conv(x, 6)));
    return l.head(x);
  },
  residual: (l, x) => {
    x = l.conv(x, 6);
    for (let i = 0; i < 5; i++) x = relu(add(x, l.norm(l.conv(relu(l.norm(l.conv(x, 6))), 6))));
    return l.head(x);
  },
  'residual without normalization': (l, x) => {
    x = relu(l.conv(x, 6));
    for (let i = 0; i < 6; i++) x = relu(add(x, l.conv(relu(l.conv(x, 6)), 6)));
    return l.head(x);
  },
  'with dropout': (l, x) => {
    for (let i = 0; i < 6; i++) x = l.dropout(relu(l.conv(x, 6)));
    return l.head(x);
  },
};

/** A training of the network, the batch fixed or not, with recomputation or without. */
function training(build: Build, recompute: boolean, size: number | string = 'batch') {
  const network = new Graph('network');
  const input = network.input('x', [size, 2, 32, 24]);
  network.output(build(new Layers(network), input));
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', [size, 2, 32, 24]);
  const labels = builder.graph.input('labels', [size], 'int64');
  const copy = builder.include(network, { inputs: { x }, training: true });
  const loss = crossEntropy(copy.value(network.outputs[0] as Value), labels);
  const train = builder.trainingProgram(loss, {}, [], { recompute });
  return {
    programs: { train },
    weights: Object.fromEntries(builder.weights),
    optimizer: sgd({ learningRate: 0.1 }),
  };
}

const feeds = (count = 4): Feeds => {
  const random = new Random(2);
  const data = Float32Array.from({ length: count * 2 * 32 * 24 }, () => random.normal());
  return { x: float32(data, [count, 2, 32, 24]), labels: int64([0, 1, 2, 1].slice(0, count)) };
};

/** The losses of some steps, and the weights behind them. */
async function trained(options: ReturnType<typeof training>, count = 4) {
  const session = await TrainingSession.create({ ...options, seed: 5, threads: 1, thread: 'inline' });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await session.step('train', feeds(count))).loss);
  const weights = await session.weights();
  await session.close();
  return { losses, weights };
}

function distance(a: Record<string, Tensor>, b: Record<string, Tensor>): number {
  const pairs = Object.entries(a).flatMap(([name, { data }]) =>
    Array.from(data as Float32Array, (value, i) => [value, b[name]?.data[i] as number] as const),
  );
  const norm = (numbers: number[]) => Math.sqrt(numbers.reduce((sum, n) => sum + n * n, 0));
  return norm(pairs.map(([x, y]) => x - y)) / norm(pairs.map(([x]) => x));
}

/** How much of the memory is left at most. Behind poolings the maps of this tiny network are hardly larger than its filters. */
const most: Record<string, number> = {
  plain: 0.55,
  'with poolings': 0.9,
  'with batch normalization': 0.7,
  residual: 0.6,
  'residual without normalization': 0.6,
  'with dropout': 0.5,
};

describe.each(Object.entries(networks))('a network %s', (name, build) => {
  // ONNX Runtime knows more of a graph whose batch is fixed, and rewrites it more.
  const sizes = name === 'residual' ? ['batch', 4] : ['batch'];

  it.each(sizes)(
    'trains to the same numbers with its activations computed again (batch: %s)',
    async (size) => {
      const wanted = await trained(training(build, false, size));
      const again = await trained(training(build, true, size));
      for (const [step, loss] of wanted.losses.entries()) expect(again.losses[step]).toBeCloseTo(loss, 5);
      expect(new Set(wanted.losses).size).toBe(3);
      // Running statistics are weights too: they moved once a step.
      expect(distance(wanted.weights, again.weights)).toBeLessThan(1e-6);
    },
  );

  it.each(sizes)(
    'computes activations once more, after the gradient has arrived, and holds less (batch: %s)',
    async (size) => {
      const measured = async (recompute: boolean) => {
        const { programs, weights } = training(build, recompute, size);
        const [run] = await executedRuns({
          program: programs.train,
          weights,
          feeds: feeds(),
          threads: 1,
          runs: 1,
        });
        return run?.nodes ?? [];
      };
      const [nodes, plain] = [await measured(true), await measured(false)];
      const forward = plain.filter(({ name }) => !name.includes('/gradient/'));
      const again = nodes.filter(
        ({ name, operator }) => name.includes('/recomputed/') && /Conv/.test(operator),
      );
      // Where samples do not see each other, a layer is computed again for a part of the batch at a time.
      const layerOf = ({ name }: { name: string }) => name.split('/gradient/', 1)[0];
      const layers = new Set(again.map(layerOf));
      const parts = ['with batch normalization', 'residual'].includes(name) ? 1 : 4;
      expect(again.length).toBe(parts * layers.size);
      const convolutions = forward.filter(({ operator }) => /Conv/.test(operator)).length;
      expect(layers.size).toBeGreaterThan(0);
      expect(layers.size).toBeLessThanOrEqual(convolutions);
      const head = nodes.findIndex(({ name }) => name.startsWith('Gemm/gradient/filter'));
      expect(head).toBeGreaterThan(0);
      for (const copy of again) expect(nodes.indexOf(copy)).toBeGreaterThan(head);
      const peak = (list: typeof nodes) => Math.max(...list.map(({ bytesInUse }) => bytesInUse));
      expect(peak(nodes) / peak(plain)).toBeLessThan(most[name] as number);
    },
  );
});

it.each([1, 3])(
  'takes %d samples, fewer than the parts that a large layer is divided into',
  async (count) => {
    const build = networks['with poolings'] as Build;
    const wanted = await trained(training(build, false), count);
    const again = await trained(training(build, true), count);
    for (const [step, loss] of wanted.losses.entries()) expect(again.losses[step]).toBeCloseTo(loss, 5);
    expect(distance(wanted.weights, again.weights)).toBeLessThan(1e-6);
  },
);

describe('the segments', () => {
  const pathOf = (build: Build) => {
    const graph = new Graph('network');
    graph.output(build(new Layers(graph), graph.input('x', ['batch', 2, 32, 32])));
    return graph.nodes;
  };

  it('are about as many as the root of the number of equal layers', () => {
    const path = pathOf(networks.plain as Build);
    const { segments, kept } = cutIntoSegments(path);
    expect(segments.flat()).toEqual(path);
    expect(segments.length).toBeGreaterThanOrEqual(3);
    expect(segments.length).toBeLessThanOrEqual(7);
    expect(kept.size).toBe(segments.length - 1);
  });

  it('end behind poolings, where little crosses', () => {
    const { kept } = cutIntoSegments(pathOf(networks['with poolings'] as Build));
    expect([...kept].map(({ producer }) => producer?.operator)).toContain('MaxPool');
  });

  it('of a network without layers are one', () => {
    const graph = new Graph('tiny');
    graph.output(relu(graph.input('x', ['batch', 3])));
    expect(cutIntoSegments(graph.nodes)).toEqual({ segments: [graph.nodes], kept: new Set() });
  });
});
