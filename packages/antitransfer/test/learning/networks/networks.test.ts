import { readFileSync } from 'node:fs';
import {
  float32,
  Graph,
  ProgramBuilder,
  Random,
  readOnnx,
  type Tensor,
  type Value,
  writeOnnx,
} from 'onnx-autograd';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { Layers } from '../../../src/learning/networks/layers.js';
import {
  mapShape,
  type Network,
  networkOf,
  type Tap,
  tapped,
} from '../../../src/learning/networks/network.js';
import { buildNetwork, type NetworkOptions, networks } from '../../../src/learning/networks/registry.js';
import { relativeDistance } from '../objectives/evaluate.js';

const file = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const reference = JSON.parse(file('networks-torch.json').toString()) as {
  readonly pooling: readonly {
    shape: [number, number, number, number];
    size: number;
    x: number[];
    y: number[];
  }[];
  readonly export: {
    readonly shape: readonly number[];
    readonly x: readonly number[];
    readonly values: Readonly<Record<'normalized' | 'leaky' | 'last' | 'logits', readonly number[]>>;
  };
};

const { names } = networks;
const small = (options: Partial<NetworkOptions> = {}): NetworkOptions => ({
  classes: 10,
  input: [1, 32, 24],
  random: new Random(1),
  width: 0.0625,
  ...options,
});

/** Runs a graph with one input; its values by name. */
async function compute(graph: Graph, x: Tensor, values: readonly Value[]): Promise<number[][]> {
  for (const value of values) graph.output(value);
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const input = graph.inputs[0]?.name ?? '';
  const results = await session.run({
    [input]: new RuntimeTensor('float32', x.data as Float32Array, x.dims),
  });
  await session.release();
  return values.map(({ name }) => Array.from(results[name]?.data as Float32Array));
}

function convolutionsOf({ taps }: Network): Tap[] {
  return [...taps.values()].filter(({ kind }) => kind === 'convolution');
}

function drawn(dims: readonly number[], seed = 9): Tensor {
  const random = new Random(seed);
  return float32(
    Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal()),
    dims,
  );
}

const weightsOf = ({ graph }: Network) =>
  Object.fromEntries(
    graph.initializers.map(({ name, data }) => [name, Array.from(data?.data as Float32Array)]),
  );

describe('every network of the registry', () => {
  it.each(names)('%s has a description', (name) =>
    expect(networks.find(name).description).toMatch(/convolution/),
  );

  const heads = names.flatMap((name) => (['wide', 'pooled'] as const).map((head) => [name, head] as const));
  it.each(heads)('%s with the %s head computes finite logits, for any batch', async (name, head) => {
    const network = buildNetwork(name, small({ head }));
    expect(network.input.shape).toEqual(['batch', 1, 32, 24]);
    expect(network.logits.shape).toEqual(['batch', 10]);
    for (const batch of [1, 3]) {
      const [logits = []] = await compute(network.graph, drawn([batch, 1, 32, 24]), [network.logits]);
      expect(logits.length).toBe(batch * 10);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(new Set(logits).size).toBeGreaterThan(1);
    }
  });

  it.each(heads)('%s with the %s head is differentiable in all its weights', (name, head) => {
    const { graph } = buildNetwork(name, small({ head }));
    const builder = new ProgramBuilder();
    const features = builder.graph.input('features', ['batch', 1, 32, 24]);
    const copy = builder.include(graph, { inputs: { features }, training: true });
    const loss = builder.graph.apply('ReduceSum', [copy.value(graph.outputs[0] as Value)], { keepdims: 0 });
    const { gradients, masks } = builder.trainingProgram(loss);
    // Not the running statistics, nor the matrices of the adaptive pooling.
    const weights = graph.initializers.map((value) => value.name).filter((w) => /weight|bias|scale/.test(w));
    expect(Object.keys(gradients).sort()).toEqual(weights.sort());
    expect(masks.length).toBe(head === 'wide' ? 2 : 0);
  });

  it.each(names)('%s: the same seed gives the same weights, another seed others', (name) => {
    const build = (seed: number) => weightsOf(buildNetwork(name, small({ random: new Random(seed) })));
    expect(build(5)).toEqual(build(5));
    expect(build(5)['conv1_1.weight']).not.toEqual(build(6)['conv1_1.weight']);
  });

  it.each(names)('%s takes the smallest inputs', async (name) => {
    for (const input of [
      [1, 1, 1],
      [1, 2, 5],
      [2, 9, 1],
      [1, 7, 7],
    ] as const) {
      const network = buildNetwork(name, small({ input }));
      const [logits = []] = await compute(network.graph, drawn([2, ...input]), [network.logits]);
      expect(logits.every(Number.isFinite), `input ${input.join(' x ')}`).toBe(true);
    }
  });

  it.each(names)('%s: a tap before its ReLU differs from the one after only below zero', async (name) => {
    const network = buildNetwork(name, small());
    for (const tap of convolutionsOf(network)) {
      const [before = [], after = []] = await compute(network.graph, drawn([1, 1, 32, 24]), [
        tap.before,
        tap.after,
      ]);
      expect(Math.min(...before)).toBeLessThan(0);
      expect(after).toEqual(before.map((value) => Math.max(0, value)));
    }
  });
});

describe('vgg16', () => {
  const taps = ['1_1', '1_2', '2_1', '2_2', '3_1', '3_2', '3_3', '4_1', '4_2', '4_3', '5_1', '5_2', '5_3'];

  it('has thirteen convolutions, with their shapes for one second of speech', () => {
    const network = buildNetwork('vgg16', {
      classes: 10,
      input: [1, 126, 129],
      random: new Random(0),
      head: 'pooled',
    });
    const shapes = convolutionsOf(network).map(({ name, after }) => `${name} ${mapShape(after).join(' x ')}`);
    const expected = [
      ...taps.slice(0, 2).map((tap) => `conv${tap} 64 x 126 x 129`),
      ...taps.slice(2, 4).map((tap) => `conv${tap} 128 x 63 x 64`),
      ...taps.slice(4, 7).map((tap) => `conv${tap} 256 x 31 x 32`),
      ...taps.slice(7, 10).map((tap) => `conv${tap} 512 x 15 x 16`),
      ...taps.slice(10).map((tap) => `conv${tap} 512 x 7 x 8`),
    ];
    expect(shapes).toEqual(expected);
    const count = network.graph.initializers.reduce((sum, { data }) => sum + (data?.data.length ?? 0), 0);
    // torchvision's VGG16 features with one input channel, and a linear layer.
    expect(count).toBe(14_714_688 - 2 * 64 * 9 + 512 * 10 + 10);
  });

  it("has the paper's thirteen taps: what the released code numbers by the modules before them", () => {
    // torchvision's `features` of VGG16: a convolution and its ReLU are two modules, a pooling is one.
    const modules: string[] = ['input'];
    for (const [name, { kind }] of buildNetwork('vgg16', small({ width: 0.1 })).taps) {
      if (kind === 'convolution') modules.push(`${name} before`, name);
      if (kind === 'pooling') modules.push(name);
    }
    const { published } = networks.find('vgg16');
    expect(published?.tap).toBe('conv5_2');
    const layers = Object.entries(published?.layers ?? {});
    // at_layer of the released experiments.
    expect(layers.map(([, layer]) => layer)).toEqual([0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]);
    for (const [tap, layer] of layers) expect(modules[layer], tap).toBe(tap);
  });

  it('has the wide head of the paper: 7 x 7 maps, two layers of 4,096', () => {
    // A quarter of the width keeps the test small; the head scales with it.
    const { graph } = buildNetwork('vgg16', small({ width: 0.25, head: 'wide' }));
    const dims = (name: string) => graph.value(name).data?.dims;
    expect(dims('linear1.weight')).toEqual([1024, 128 * 49]);
    expect(dims('linear2.weight')).toEqual([1024, 1024]);
    expect(dims('linear3.weight')).toEqual([10, 1024]);
  });

  describe('first weights', () => {
    const weightsOf = (initialisation?: NetworkOptions['initialisation']) => {
      const options = small({ width: 0.25, head: 'wide', classes: 40, initialisation });
      const { graph } = buildNetwork('vgg16', options);
      return (name: string) => {
        const values = Array.from(graph.value(name).data?.data as Float32Array);
        const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
        return { deviation, largest: values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
      };
    };
    // Kaiming's uniform with a = sqrt(5), as torch.nn.Conv2d and Linear: within 1 / sqrt(fan-in), biases too.
    const expectFresh = (of: ReturnType<typeof weightsOf>, layer: string, fanIn: number) => {
      const bound = 1 / Math.sqrt(fanIn);
      const { deviation, largest } = of(`${layer}.weight`);
      expect(largest, layer).toBeLessThanOrEqual(bound);
      expect(largest / bound, layer).toBeGreaterThan(0.9);
      expect(deviation / (bound / Math.sqrt(3)), layer).toBeCloseTo(1, 0);
      expect(of(`${layer}.bias`).largest, layer).toBeLessThanOrEqual(bound);
      expect(of(`${layer}.bias`).largest, layer).toBeGreaterThan(0);
    };
    const expectTorchvision = (of: ReturnType<typeof weightsOf>, layer: string, wanted: number) => {
      const { deviation, largest } = of(`${layer}.weight`);
      expect(deviation / wanted, layer).toBeCloseTo(1, 0);
      // Normal, not uniform.
      expect(largest / deviation, layer).toBeGreaterThan(2);
      expect(of(`${layer}.bias`).largest, layer).toBe(0);
    };

    it("are torchvision's, unless said otherwise", () => {
      for (const of of [weightsOf(), weightsOf('torchvision')]) {
        expectTorchvision(of, 'conv1_1', Math.sqrt(2 / (9 * 16)));
        expectTorchvision(of, 'conv3_1', Math.sqrt(2 / (9 * 64)));
        for (const layer of ['linear1', 'linear3']) expectTorchvision(of, layer, 0.01);
      }
    });

    it("are PyTorch's in the first and the last layer of the released code, or in all", () => {
      const published = weightsOf('as-published');
      const all = weightsOf('pytorch');
      for (const of of [published, all]) {
        expectFresh(of, 'conv1_1', 9);
        expectFresh(of, 'linear3', 1024);
      }
      expectTorchvision(published, 'conv1_2', Math.sqrt(2 / (9 * 16)));
      expectTorchvision(published, 'linear2', 0.01);
      expectFresh(all, 'conv1_2', 9 * 16);
      expectFresh(all, 'linear2', 1024);
    });
  });

  it.each([
    [0.25, 16, 128],
    [0.5, 32, 256],
    [0.001, 1, 1],
  ])('of width %d has %d channels first and %d last', (width, first, last) => {
    const network = buildNetwork('vgg16', small({ width, head: 'pooled' }));
    expect(tapped(network, 'conv1_1', 'after').shape?.[1]).toBe(first);
    expect(tapped(network, 'conv5_3', 'after').shape?.[1]).toBe(last);
  });
});

describe('vgg-small', () => {
  it("has the pilot's six taps behind batch normalization", () => {
    const network = buildNetwork('vgg-small', { classes: 10, input: [1, 62, 64], random: new Random(0) });
    expect(
      convolutionsOf(network).map(({ name, before }) => `${name} ${mapShape(before).join(' x ')}`),
    ).toEqual([
      'conv1_1 16 x 62 x 64',
      'conv2_1 32 x 31 x 32',
      'conv3_1 48 x 15 x 16',
      'conv3_2 48 x 15 x 16',
      'conv4_1 64 x 7 x 8',
      'conv4_2 64 x 7 x 8',
    ]);
    for (const { before } of convolutionsOf(network))
      expect(before.producer?.operator).toBe('BatchNormalization');
  });
});

describe('adaptive average pooling', () => {
  const rows = reference.pooling.map((row) => [row.shape.slice(2).join(' x '), row.size, row] as const);
  it.each(rows)('of %s to %d equals PyTorch', async (_map, size, { shape, x, y }) => {
    const graph = new Graph('pooling');
    const layers = new Layers(graph, new Random(0));
    const pooled = layers.adaptiveAveragePool(graph.input('x', ['batch', ...shape.slice(1)]), size);
    expect(pooled.shape).toEqual(['batch', shape[1], size, size]);
    const [found = []] = await compute(graph, float32(x, shape), [pooled]);
    expect(relativeDistance(found, y)).toBeLessThan(1e-6);
  });
});

describe('a CNN from a file', () => {
  const load = () => networkOf(readOnnx(file('networks-torch.onnx')).graph);
  const { shape, x, values } = reference.export;

  it('has a tap for its features and for every convolution and pooling, named as in the file', () => {
    const network = load();
    expect([...network.taps.keys()]).toEqual(['input', '/0/Conv', '/3/MaxPool', '/4/Conv', '/6/Conv']);
    expect(tapped(network, 'input', 'after')).toBe(network.input);
    expect(network.logits.shape).toEqual(['batch', 3]);
  });

  it.each(['Relu', 'Selu', 'Softplus', 'ThresholdedRelu'])('knows %s as an activation', (operator) => {
    const graph = new Graph('activation');
    const weights = graph.initializer(float32(new Float32Array(9), [1, 1, 3, 3]), 'weights');
    const maps = graph.apply('Conv', [graph.input('x', ['batch', 1, 4, 4]), weights], {}, { name: 'conv' });
    const after = graph.output(graph.apply(operator, [maps]));
    const network = networkOf(graph);
    expect(tapped(network, 'conv', 'before')).toBe(maps);
    expect(tapped(network, 'conv', 'after')).toBe(after);
  });

  it("has PyTorch's maps at its taps, before and after the activation", async () => {
    const network = load();
    const [last] = [tapped(network, '/6/Conv', 'after')];
    // The last convolution has no activation: both positions are its output.
    expect(last).toBe(tapped(network, '/6/Conv', 'before'));
    const wanted = [
      tapped(network, '/0/Conv', 'before'),
      tapped(network, '/4/Conv', 'after'),
      last,
      network.logits,
    ];
    const found = await compute(network.graph, float32(x, shape), wanted);
    for (const [i, key] of (['normalized', 'leaky', 'last', 'logits'] as const).entries()) {
      expect(relativeDistance(found[i] ?? [], values[key]), key).toBeLessThan(1e-5);
    }
  });

  it('can be differentiated', () => {
    const { graph, logits } = load();
    const builder = new ProgramBuilder();
    const copy = builder.include(graph, {
      inputs: { features: builder.graph.input('features', ['batch', 1, 12, 10]) },
      training: true,
    });
    const loss = builder.graph.apply('ReduceSum', [copy.value(logits)], { keepdims: 0 });
    expect(Object.keys(builder.trainingProgram(loss).gradients).length).toBe(10);
  });
});

describe('what a user can get wrong', () => {
  it('an unknown network: the message names it and the others', () => {
    const build = () => buildNetwork('vgg19', small());
    expect(build).toThrow(UserError);
    expect(build).toThrow(/"vgg19"; there are vgg16, vgg-small\. Did you mean vgg16\?/);
  });

  it.each(['toString', 'constructor', ''])('the network name %j is unknown too', (name) => {
    expect(() => buildNetwork(name, small())).toThrow(UserError);
  });

  it('an unknown tap: the message names it and the others', () => {
    const network = buildNetwork('vgg-small', small());
    const look = () => tapped(network, 'conv9_9', 'after');
    expect(look).toThrow(UserError);
    expect(look).toThrow(
      /"conv9_9".*input, conv1_1, pool1, conv2_1, pool2, conv3_1, conv3_2, pool3, conv4_1, conv4_2/,
    );
  });

  it('a model without convolution, without input or without output', () => {
    const graph = new Graph('plain');
    expect(() => networkOf(graph)).toThrow(/"plain" has 0 inputs and 0 outputs/);
    graph.output(graph.apply('Relu', [graph.input('x', ['batch', 3])]));
    expect(() => networkOf(graph)).toThrow(/"plain" has no convolution/);
    expect(() => networkOf(graph)).toThrow(UserError);
  });
});

it.each([1e4, 1e9])('a width of %d is refused before memory is asked for', (width) => {
  expect(() => buildNetwork('vgg-small', { classes: 2, input: [1, 16, 16], width })).toThrow(
    /would have \d+ weights; at most 536870912 fit a file\. Take a smaller width\./,
  );
});
