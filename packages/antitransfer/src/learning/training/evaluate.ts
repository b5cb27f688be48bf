import type { TrainingSession } from 'onnx-autograd';
import { argmax } from '../../numbers/argmax.js';
import { mean } from '../../numbers/mean.js';
import { type Dataset, gatherLabels, sizeOf } from './dataset.js';
import { inputNames } from './input-names.js';
import { batchesInOrder } from './read-ahead.js';
import { RowCollector } from './rows.js';

/** What a network says of clips. */
export interface Evaluation {
  /** Mean over clips, in nats. */
  readonly crossEntropy: number;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** `clips x classes`, row after row. */
  readonly probabilities: Float32Array;
  /** Feature maps at the observed tap averaged over time and frequency: `clips x channels`, row after row. */
  readonly maps: Float32Array;
  readonly channels: number;
}

/**
 * Runs the session's `evaluate` program over all clips of a dataset.
 *
 * @throws MissingFeaturesError when features on disk are no longer there.
 */
export async function evaluate(session: TrainingSession, data: Dataset, batch: number): Promise<Evaluation> {
  const count = sizeOf(data);
  const collected = {
    crossEntropy: new RowCollector(count),
    probabilities: new RowCollector(count),
    maps: new RowCollector(count),
  };
  for await (const { clips, features } of batchesInOrder(data, batch)) {
    const answers = await session.run('evaluate', {
      [inputNames.features()]: features,
      [inputNames.labels]: gatherLabels(data.labels, clips),
    });
    for (const [name, rows] of Object.entries(collected)) {
      rows.add(answers[name]?.data as Float32Array, clips.length);
    }
  }
  const { data: probabilities, size: classes } = collected.probabilities;
  const { data: maps, size: channels } = collected.maps;
  const right = Array.from(data.labels, (label, row) =>
    argmax(probabilities.subarray(row * classes, (row + 1) * classes)) === label ? 1 : 0,
  );
  return {
    crossEntropy: mean(collected.crossEntropy.data),
    accuracy: mean(right),
    probabilities,
    maps,
    channels,
  };
}
