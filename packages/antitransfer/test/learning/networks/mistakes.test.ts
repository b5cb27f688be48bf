import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { float32, Graph, type Shape, type Value, writeOnnx } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { networkOf, tapped } from '../../../src/learning/networks/network.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { loadNetwork } from '../../../src/learning/networks/store.js';
import { small } from './small-networks.js';

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

describe('a network in a file', () => {
  /** A convolution, and what is done behind it. */
  function saved(path: string, behind: (maps: Value) => Value, shape: Shape | undefined): Promise<void> {
    const graph = new Graph('net');
    const x = graph.input('x', shape);
    const filters = graph.initializer(float32(new Float32Array(18).fill(0.5), [2, 1, 3, 3]), 'w');
    graph.output(behind(graph.apply('Conv', [x, filters])));
    return writeFile(path, writeOnnx(graph));
  }

  it('that wants more than features, or does not say which, is refused with its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'antitransfer-networks-'));
    const path = join(folder, 'net.onnx');
    try {
      const shape = ['batch', 1, 8, 8] as const;
      await saved(path, (maps) => maps.graph.apply('Mul', [maps, maps.graph.input('gain', [])]), shape);
      await expect(loadNetwork(path)).rejects.toThrow(`${path}: The network has 2 inputs, "x", "gain"`);
      await saved(
        path,
        (maps) => {
          maps.graph.input('unused', []);
          return maps.graph.apply('Relu', [maps]);
        },
        shape,
      );
      expect((await loadNetwork(path)).input.name).toBe('x');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

it.each([1e4, 1e9])('a width of %d is refused before memory is asked for', (width) => {
  expect(() => buildNetwork('vgg-small', { classes: 2, input: [1, 16, 16], width })).toThrow(
    /would have \d+ weights; at most 536870912 fit a file\. Take a smaller width\./,
  );
});
