import type { OpenDevice } from '../../src/runtime/runtime.js';
import type { Row } from '../gradients/row.js';
import { drawInputs, drawWeights, feedsOf, gradientGraph } from '../gradients/row-graph.js';

/** The gradients of a row's inputs, in their order, or why the device computes none. */
export type RowResult = { readonly gradients: readonly (readonly number[])[] } | { readonly error: string };

/** The gradients of a row's inputs as a device computes them. */
export async function gradientsOnDevice(device: OpenDevice, row: Row): Promise<RowResult> {
  try {
    const { graph, y, gradients } = gradientGraph(row);
    const executable = await device.compile(graph);
    try {
      const weights = drawWeights(y.knownShape as readonly number[]);
      const feeds = Object.entries({ ...feedsOf(row, drawInputs(row), 'float32'), weights });
      const wanted = new Set(graph.inputs.map(({ name }) => name));
      const names = [...gradients.values()].map(({ name }) => name);
      const results = await executable.run(
        Object.fromEntries(feeds.filter(([name]) => wanted.has(name))),
        names,
      );
      return { gradients: names.map((name) => Array.from(results[name]?.data as Float32Array, Number)) };
    } finally {
      await executable.release();
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
