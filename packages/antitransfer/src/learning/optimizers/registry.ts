import type { OptimizerSettings } from 'onnx-autograd';
import { registryOf, settingsOf } from '../../registry.js';
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import type { OptimizerDefinition } from './definition.js';
import { sgd } from './sgd.js';

/** How weights may be moved. */
export const optimizers = registryOf<OptimizerDefinition>('optimizer')(adam, adamw, sgd);

/** The optimizer of a training: it reads its own of the training's settings. */
export function optimizerOf(training: {
  readonly optimizer: string;
  readonly learningRate: number;
}): OptimizerSettings {
  const optimizer = optimizers.find(training.optimizer);
  return optimizer.create(settingsOf(optimizer, { ...training }), training.learningRate);
}
