import { type Graph, Random, type Tensor, type Value, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { Network, Tap } from '../../../src/learning/networks/network.js';
import type { NetworkOptions } from '../../../src/learning/networks/registry.js';

/** Ten classes, features of 32 frames x 24 bins, and a sixteenth of the channels. */
export const small = (options: Partial<NetworkOptions> = {}): NetworkOptions => ({
  classes: 10,
  input: [1, 32, 24],
  random: new Random(1),
  width: 0.0625,
  ...options,
});

/** Runs a graph with one input; its values by name. */
export async function compute(graph: Graph, x: Tensor, values: readonly Value[]): Promise<number[][]> {
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

/** The taps of convolutions, in the order of the network. */
export function convolutionsOf({ taps }: Network): Tap[] {
  return [...taps.values()].filter(({ kind }) => kind === 'convolution');
}
