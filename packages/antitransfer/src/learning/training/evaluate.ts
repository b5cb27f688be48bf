import { argmax } from '../../numbers/argmax.js';
import { float32Of } from '../../numbers/float32.js';
import { mean } from '../../numbers/mean.js';
import { type Dataset, gatherLabels, sizeOf } from './dataset.js';
import { batchesInOrder } from './read-ahead.js';
import { RowCollector } from './rows.js';
import type { EvaluationSession } from './session.js';

/** A network's answers on clips, and how good they are. */
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
export async function evaluate(
  session: EvaluationSession,
  data: Dataset,
  batch: number,
): Promise<Evaluation> {
  const count = sizeOf(data);
  const collected = {
    crossEntropy: new RowCollector(count),
    probabilities: new RowCollector(count),
    maps: new RowCollector(count),
  };
  for await (const { clips, features } of batchesInOrder(data, batch)) {
    const answers = await session.run('evaluate', {
      features,
      labels: gatherLabels(data.labels, clips),
    });
    collected.crossEntropy.add(float32Of(answers.crossEntropy), clips.length);
    collected.probabilities.add(float32Of(answers.probabilities), clips.length);
    collected.maps.add(float32Of(answers.maps), clips.length);
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
