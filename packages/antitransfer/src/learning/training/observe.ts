import { copyGraph, type DeviceChoice, openProgram, ProgramBuilder, type Value } from 'onnx-autograd';
import { float32Of } from '../../numbers/float32.js';
import { type Network, tapped } from '../networks/network.js';
import { averageOverSpace } from '../objectives/average-over-space.js';
import { type Dataset, sizeOf } from './dataset.js';
import { inputNames } from './input-names.js';
import type { Observation } from './programs.js';
import { batchesInOrder } from './read-ahead.js';
import { RowCollector } from './rows.js';

/** What to look at, and how. */
export interface Observed extends Observation {
  readonly network: Network;
  /** Clips in a batch. */
  readonly batch: number;
  readonly threads: number;
  /** What computes; the processor when absent. */
  readonly device?: DeviceChoice;
}

/**
 * Feature maps of datasets at a tap of a frozen network, averaged over time and frequency: `clips x channels` each.
 *
 * @throws MissingFeaturesError when features on disk are no longer there.
 */
export async function observeMaps(
  { network, tap, position, ...run }: Observed,
  datasets: readonly Dataset[],
): Promise<Float32Array[]> {
  return observeValue(network, tapped(network, tap, position), datasets, run);
}

/**
 * A value of a network on datasets: maps averaged over time and frequency, vectors as they are; a row a clip.
 *
 * @param value of the network's graph: `(batch, channels, height, width)` or `(batch, features)`
 * @throws MissingFeaturesError when features on disk are no longer there.
 */
export async function observeValue(
  network: Network,
  value: Value,
  datasets: readonly Dataset[],
  { batch, ...how }: Pick<Observed, 'batch' | 'threads' | 'device'>,
): Promise<Float32Array[]> {
  const builder = new ProgramBuilder();
  const features = builder.graph.input(inputNames.features('batch'), [
    'batch',
    ...network.input.knownShape.slice(1),
  ]);
  const copy = copyGraph(builder.graph, network.graph, {
    inputs: { [network.input.name]: features },
    upTo: [value],
  });
  const copied = copy.value(value);
  const outputs = { maps: copied.knownShape.length === 2 ? copied : averageOverSpace(copied) };
  const program = await openProgram(builder.program(outputs, { inputs: { features } }), how);
  try {
    const all: Float32Array[] = [];
    for (const data of datasets) {
      const rows = new RowCollector(sizeOf(data));
      for await (const { clips, features: fed } of batchesInOrder(data, batch)) {
        const { maps } = await program.run({ features: fed });
        rows.add(float32Of(maps), clips.length);
      }
      all.push(rows.data);
    }
    return all;
  } finally {
    await program.close();
  }
}
