import type { OpenDevice } from '../../src/runtime/runtime.js';
import { compileFor } from '../../src/training/compile.js';
import type { Row } from '../gradients/row.js';
import { drawInputs, drawWeights, feedsOf, gradientGraph } from '../gradients/row-graph.js';

/** The gradients of a row's inputs, in their order, or why the device computes none. */
export type RowResult = { readonly gradients: readonly (readonly number[])[] } | { readonly error: string };

/** The gradients of a row's inputs as a device computes them. */
export async function gradientsOnDevice(device: OpenDevice, row: Row): Promise<RowResult> {
  try {
    const { graph, y, gradients } = gradientGraph(row);
    const executable = await compileFor(device, graph);
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

/** The largest distance of a gradient from the reference's, relative to the reference's norm. */
export function deviation(reference: RowResult, found: RowResult): number {
  if (!('gradients' in reference)) throw new Error(`The reference fails: ${reference.error}`);
  if (!('gradients' in found)) return Number.NaN;
  const distances = reference.gradients.map((wanted, i) => {
    const given = found.gradients[i] ?? [];
    if (given.length !== wanted.length) return Number.NaN;
    return Math.hypot(...wanted.map((value, j) => value - (given[j] as number))) / Math.hypot(...wanted);
  });
  return distances.reduce((worst, distance) => (distance <= worst ? worst : distance), 0);
}
