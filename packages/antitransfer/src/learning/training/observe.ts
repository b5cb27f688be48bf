import { adam, copyGraph, ProgramBuilder, TrainingSession } from 'onnx-autograd';
import { type Network, tapped } from '../networks/network.js';
import { averageOverSpace } from '../objectives/similarities.js';
import { cutBatches, type Dataset, gatherFeatures, sizeOf } from './dataset.js';
import { inputNames, type Observation } from './programs.js';

/** What to look at, and how. */
export interface Observed extends Observation {
  readonly network: Network;
  /** Clips in a batch. */
  readonly batch: number;
  readonly threads: number;
}

/** Feature maps of datasets at a tap of a frozen network, averaged over time and frequency: `clips x channels` each. */
export async function observeMaps(
  { network, tap, position, batch, threads }: Observed,
  datasets: readonly Dataset[],
): Promise<Float32Array[]> {
  const builder = new ProgramBuilder();
  const features = builder.graph.input(inputNames.features, ['batch', ...network.input.knownShape.slice(1)]);
  const value = tapped(network, tap, position);
  const copy = copyGraph(builder.graph, network.graph, {
    inputs: { [network.input.name]: features },
    upTo: [value],
  });
  const program = builder.program({ maps: averageOverSpace(copy.value(value)) });
  const session = await TrainingSession.create({
    programs: { observe: program },
    weights: {},
    optimizer: adam(),
    threads,
    thread: 'inline',
  });
  const all: Float32Array[] = [];
  for (const data of datasets) {
    const parts: Float32Array[] = [];
    for (const indices of cutBatches([...Array(sizeOf(data)).keys()], batch)) {
      const { maps } = await session.run('observe', { [inputNames.features]: gatherFeatures(data, indices) });
      parts.push(maps?.data as Float32Array);
    }
    all.push(Float32Array.from(parts.flatMap((part) => [...part])));
  }
  await session.close();
  return all;
}
