import type { Value } from 'onnx-autograd';
import { z } from 'zod';
import { tapped } from '../networks/network.js';
import { averageOverSpace } from './average-over-space.js';
import { type ObjectiveParts, orthogonalSetting } from './definition.js';
import type { ClipSource, StepGraph } from './objective.js';

/** Where in the network an objective looks, and at which clips. */
export function lookSettings(clips: 'batch' | 'auxiliary') {
  return {
    tap: z
      .string()
      .nullable()
      .default(null)
      .describe("The convolution or pooling that is looked at, or input; null for the configuration's tap"),
    position: z
      .enum(['after', 'before'])
      .nullable()
      .default(null)
      .describe("After or before the activation function; null for the configuration's position"),
    clips: z
      .enum(['batch', 'auxiliary'])
      .default(clips)
      .describe(
        'The target batch, or the clips of the orthogonal network. Their target labels are not in the loss; confounded splits use them to balance those clips',
      ),
    ...orthogonalSetting,
  };
}

/** Where in the frozen network an objective looks. */
export const frozenTapSetting = {
  frozenTap: z
    .string()
    .nullable()
    .default(null)
    .describe("The frozen network's layer that is looked at; null for the one of the same name"),
};

/** What was chosen of {@link lookSettings}. */
export interface LookSettings {
  readonly tap: string | null;
  readonly position: 'after' | 'before' | null;
  readonly clips: 'batch' | 'auxiliary';
}

/** Where in the network an objective looks, and at whose clips. */
export interface Look {
  readonly at: { readonly tap: string; readonly position: 'after' | 'before' };
  readonly clips: ClipSource;
  /** The tasks whose clips are looked at. */
  readonly auxiliary: string[];
  /** The tasks whose labels of the target's clips are looked at: those of its own clips a task has anyway. */
  readonly groups: string[];
}

/** Where an objective looks by its settings, and by its training's where they say nothing. */
export function lookOf(
  { tap, position, clips }: LookSettings,
  { task, tap: otherwise }: Pick<ObjectiveParts, 'tap'> & { readonly task: { readonly name: string } },
): Look {
  const isBatch = clips === 'batch';
  return {
    at: { tap: tap ?? otherwise.name, position: position ?? otherwise.position },
    clips: isBatch ? 'batch' : { task: task.name },
    auxiliary: isBatch ? [] : [task.name],
    groups: isBatch ? [task.name] : [],
  };
}

/** The maps that are looked at, averaged over time and frequency: `(clips, channels)`. */
export function averagedMaps(step: StepGraph, { at, clips }: Look): Value {
  return averageOverSpace(step.at(clips, tapped(step.network, at.tap, at.position)));
}
