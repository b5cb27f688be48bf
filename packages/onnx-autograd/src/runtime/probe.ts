import { relu } from '../building/expressions.js';
import { Graph } from '../building/graph.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { OpenDevice } from './runtime.js';

/**
 * Runs a convolution on a device: throws when the device does not work or computes nonsense.
 *
 * @param purpose `speed` runs one that is large enough to be timed.
 * @returns how many milliseconds it took, the compilation of the device's own programs not counted.
 */
export async function probe(device: OpenDevice, purpose: 'works' | 'speed'): Promise<number> {
  const [channels, size] = purpose === 'speed' ? [32, 48] : [1, 4];
  const graph = new Graph('probe');
  const x = graph.input('x', [2, channels, size, size]);
  const filter = graph.input('filter', [channels, channels, 3, 3]);
  const y = graph.output(relu(graph.apply('Conv', [x, filter], { pads: [1, 1, 1, 1] })));
  const feeds = { x: ones([2, channels, size, size]), filter: ones([channels, channels, 3, 3]) };
  const executable = await device.compile(graph);
  try {
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < (purpose === 'speed' ? 3 : 1); run++) {
      const start = performance.now();
      const result = (await executable.run(feeds, [y.name]))[y.name];
      fastest = Math.min(fastest, performance.now() - start);
      const [corner, middle] = [result?.data[0], result?.data[size + 1]] as [number, number];
      if (corner !== 4 * channels || middle !== 9 * channels) {
        throw new Error(
          `A convolution of ones gives ${corner} and ${middle}, not ${4 * channels} and ${9 * channels}`,
        );
      }
    }
    return fastest;
  } finally {
    await executable.release();
  }
}

function ones(dims: readonly number[]): Tensor {
  return { type: 'float32', dims, data: new Float32Array(elementCount(dims)).fill(1) };
}
