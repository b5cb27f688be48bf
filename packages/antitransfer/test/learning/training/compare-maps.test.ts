import { copyGraph, openProgram, ProgramBuilder } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { type Network, tapped } from '../../../src/learning/networks/network.js';
import { gramLikeness, type MapsOf } from '../../../src/learning/training/compare-maps.js';
import { readFeatures } from '../../../src/learning/training/dataset.js';
import { drawClips, smallNetwork } from './small.js';

const data = drawClips(7, 3);
const run = { batch: 3, threads: 1 };
const same = [...data.labels.keys()];
const at = (network: Network, tap: string): MapsOf => ({ network, value: tapped(network, tap, 'after') });

/** Each clip's maps: channels x pixels. */
async function mapsOf({ network, value }: MapsOf): Promise<number[][][]> {
  const builder = new ProgramBuilder();
  const features = builder.graph.input('features', ['batch', ...network.input.knownShape.slice(1)]);
  const copy = copyGraph(builder.graph, network.graph, {
    inputs: { [network.input.name]: features },
    upTo: [value],
  });
  const program = await openProgram(builder.program({ maps: copy.value(value) }, { inputs: { features } }), {
    threads: 1,
  });
  const { maps } = await program.run({ features: await readFeatures(data, same) });
  await program.close();
  const [clips = 0, channels = 0, height = 0, width = 0] = maps.dims;
  const numbers = Array.from(maps.data as Float32Array);
  return Array.from({ length: clips }, (_, clip) =>
    Array.from({ length: channels }, (_, channel) => {
      const first = (clip * channels + channel) * height * width;
      return numbers.slice(first, first + height * width);
    }),
  );
}

const gramOf = (maps: readonly number[][]) =>
  maps.flatMap((a) => maps.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)));

const cosine = (a: readonly number[], b: readonly number[]) => {
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
};

it.each(['conv1_1', 'conv4_2'])(
  'is the mean squared cosine of Gram matrices at %s, whatever the batch',
  async (tap) => {
    const [current, frozen] = [at(smallNetwork(1), tap), at(smallNetwork(2), tap)];
    const others = same.map((clip) => (clip + 2) % same.length);
    const [own, said] = [await mapsOf(current), await mapsOf(frozen)];
    for (const order of [same, others]) {
      const cosines = same.map((clip) => cosine(gramOf(own[clip]!), gramOf(said[order[clip]!]!)) ** 2);
      const expected = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
      expect(await gramLikeness(current, frozen, data, order, run)).toBeCloseTo(expected, 4);
    }
  },
);

it('is 1 of a network with itself, and nothing of maps of another shape', async () => {
  const network = smallNetwork(1);
  expect(await gramLikeness(at(network, 'conv2_1'), at(network, 'conv2_1'), data, same, run)).toBeCloseTo(
    1,
    5,
  );
  expect(await gramLikeness(at(network, 'conv2_1'), at(network, 'conv4_2'), data, same, run)).toBeUndefined();
});
