import { Random } from 'onnx-autograd';
import { memoryFeatures } from '../../../src/data/features/store/clip-features.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { type Dataset, labelled } from '../../../src/learning/training/dataset.js';
import type { FitOptions } from '../../../src/learning/training/fit.js';
import { type TrainingSettings, trainingSettings } from '../../../src/learning/training/settings.js';

const shape = [1, 16, 16] as const;

/** Clips of two classes that differ in their mean: noise, and noise lifted a little. */
export function drawClips(count: number, seed: number, scale = 1): Dataset {
  const random = new Random(seed);
  const labels = Int32Array.from({ length: count }, (_, clip) => clip % 2);
  const size = shape[1] * shape[2];
  const data = Float32Array.from(
    { length: count * size },
    (_, i) => scale * (random.normal() + (labels[Math.floor(i / size)] as number)),
  );
  return labelled(memoryFeatures(shape, data), labels);
}

/** A small network with its first weights. */
export function smallNetwork(seed: number) {
  return buildNetwork('vgg-small', { classes: 2, input: shape, width: 0.25, random: new Random(seed) });
}

/** A training of a second: 12 clips, batches of 4. */
export function smallTraining(settings: Partial<TrainingSettings> = {}): FitOptions {
  return {
    network: smallNetwork(1),
    train: drawClips(12, 1),
    validation: drawClips(6, 2),
    settings: trainingSettings.parse({ epochs: 2, batch: 4, ...settings }),
    execution: { threads: 1 },
    seed: 1,
    thread: 'inline',
  };
}
