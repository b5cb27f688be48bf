import { copyGraph, openProgram, ProgramBuilder, type Value } from 'onnx-autograd';
import { itemAt } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';
import { sum } from '../../numbers/mean.js';
import type { Network } from '../networks/network.js';
import { similarityTerm } from '../objectives/similarities/registry.js';
import { type Dataset, readFeatures, sizeOf } from './dataset.js';
import { inputNames } from './input-names.js';
import type { Observed } from './observe.js';

/** A network and a value of its graph: maps `(batch, channels, height, width)`. */
export interface MapsOf {
  readonly network: Network;
  readonly value: Value;
}

/**
 * The published likeness of two networks' maps: mean over clips of the squared cosine of their Gram matrices
 * (arXiv 2006.06494, section 3.2), one matrix a clip.
 *
 * @param others which clip the frozen network is asked about beside each clip; the same where there is no control
 * @returns undefined where the maps are not of one shape
 * @throws MissingFeaturesError when features on disk are no longer there.
 */
export async function gramLikeness(
  current: MapsOf,
  frozen: MapsOf,
  data: Dataset,
  others: readonly number[],
  { batch, ...how }: Pick<Observed, 'batch' | 'threads' | 'device'>,
): Promise<number | undefined> {
  const shapes = [current, frozen].map(({ value }) => value.knownShape.slice(1).join());
  if (shapes[0] !== shapes[1]) return undefined;
  const builder = new ProgramBuilder();
  const shape = ['batch', ...current.network.input.knownShape.slice(1)];
  const features = builder.graph.input(inputNames.features('batch'), shape);
  const asked = builder.graph.input('asked', shape);
  const copyOf = ({ network, value }: MapsOf, input: Value, prefix: string) =>
    copyGraph(builder.graph, network.graph, {
      inputs: { [network.input.name]: input },
      upTo: [value],
      prefix,
    }).value(value);
  const term = similarityTerm('gram', 'squared-cosine');
  const prepared = term.prepare(copyOf(frozen, asked, 'frozen.'));
  const measured = term.measure(copyOf(current, features, ''), prepared);
  const program = await openProgram(
    builder.program({ likeness: measured }, { inputs: { features, asked } }),
    how,
  );
  try {
    const parts: number[] = [];
    const count = sizeOf(data);
    for (let first = 0; first < count; first += batch) {
      const clips = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
      const { likeness } = await program.run({
        features: await readFeatures(data, clips),
        asked: await readFeatures(
          data,
          clips.map((clip) => itemAt(others, clip)),
        ),
      });
      parts.push(clips.length * itemAt(float32Of(likeness), 0));
    }
    return sum(parts) / count;
  } finally {
    await program.close();
  }
}
