import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { mapShape, tapped } from '../../../src/learning/networks/network.js';
import { buildNetwork, type NetworkOptions, networks } from '../../../src/learning/networks/registry.js';
import { convolutionsOf, small } from './small-networks.js';

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
