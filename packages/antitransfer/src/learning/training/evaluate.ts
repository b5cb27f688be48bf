import type { TrainingSession } from 'onnx-autograd';
import { argmax } from '../../numbers/argmax.js';
import { mean } from '../../numbers/mean.js';
import { cutBatches, type Dataset, gatherFeatures, gatherLabels, sizeOf } from './dataset.js';
import { inputNames } from './programs.js';

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

/** Runs the session's `evaluate` program over all clips of a dataset. */
export async function evaluate(session: TrainingSession, data: Dataset, batch: number): Promise<Evaluation> {
  const all = Array.from({ length: sizeOf(data) }, (_, index) => index);
  const parts: { entropy: Float32Array; probabilities: Float32Array; maps: Float32Array }[] = [];
  for (const indices of cutBatches(all, batch)) {
    const answers = await session.run('evaluate', {
      [inputNames.features]: gatherFeatures(data, indices),
      [inputNames.labels]: gatherLabels(data, indices),
    });
    const numbers = (key: string) => answers[key]?.data as Float32Array;
    parts.push({
      entropy: numbers('crossEntropy'),
      probabilities: numbers('probabilities'),
      maps: numbers('maps'),
    });
  }
  const probabilities = joined(parts.map((part) => part.probabilities));
  const classes = probabilities.length / Math.max(1, all.length);
  const maps = joined(parts.map((part) => part.maps));
  const predicted = all.map((row) => argmax(probabilities.subarray(row * classes, (row + 1) * classes)));
  return {
    crossEntropy: mean(joined(parts.map((part) => part.entropy))),
    accuracy: mean(predicted.map((label, row) => (label === data.labels[row] ? 1 : 0))),
    probabilities,
    maps,
    channels: maps.length / Math.max(1, all.length),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
