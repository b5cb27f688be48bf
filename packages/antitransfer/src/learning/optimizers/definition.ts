import type { OptimizerSettings } from 'onnx-autograd';
import { z } from 'zod';
import type { Definition } from '../../registry.js';

/** An optimizer, as the registry knows it: its settings are keys of a training, where each optimizer reads its own. */
export interface OptimizerDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  readonly settings: Settings;
  /** @param learningRate at the start */
  create(settings: z.infer<Settings>, learningRate: number): OptimizerSettings;
}

/** Types a definition by its settings. */
export function defineOptimizer<const Name extends string, Settings extends z.ZodObject>(
  definition: OptimizerDefinition<Name, Settings>,
): OptimizerDefinition<Name, Settings> {
  return definition;
}

/** What every optimizer so far reads. */
export const decaySettings = z.strictObject({
  weightDecay: z.number().min(0).default(0).describe('Weight decay'),
});
