import { createAdam } from './adam.js';
import type { Optimizer, OptimizerSettings } from './optimizer.js';
import { createSgd } from './sgd.js';

/** The optimizer that the settings describe. */
export function createOptimizer(settings: OptimizerSettings): Optimizer {
  switch (settings.kind) {
    case 'adam':
    case 'adamw':
      return createAdam(settings);
    case 'sgd':
      return createSgd(settings);
  }
}
