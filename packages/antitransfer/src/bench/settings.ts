import type { DeviceChoice } from 'onnx-autograd';
import { Random } from 'onnx-autograd/random';
import { buildNetwork, type NetworkName } from '../learning/networks/registry.js';
import type { AggregationName } from '../learning/objectives/aggregations/registry.js';
import type { Objective } from '../learning/objectives/objective.js';
import type { SimilarityName } from '../learning/objectives/similarities/registry.js';
import { antiTransfer } from '../learning/objectives/similarity.js';
import { buildPrograms, type TrainingPrograms } from '../learning/training/programs.js';

/** Which training step is measured. The head is the mean over time and frequency, and one linear layer. */
export interface StepSettings {
  readonly model: NetworkName;
  /** Multiplies the number of channels. */
  readonly width: number;
  /** `[channels, frames, bins]` of one clip. */
  readonly input: readonly [number, number, number];
  readonly batch: number;
  readonly tap: string;
  readonly aggregation: AggregationName;
  readonly similarity: SimilarityName;
  /** Steps that are measured, after one that is not. */
  readonly steps: number;
  readonly threads: number;
  /** What computes; the processor when absent. */
  readonly device?: DeviceChoice;
  /** What the frozen network says is known before the measured steps, as from the second epoch on. */
  readonly cached: boolean;
  /** Without a penalty. */
  readonly plain: boolean;
  /** Activations are computed again for the backward pass. */
  readonly recompute: boolean;
}

export const CLASSES = 10;

/** The programs of a step, as a training builds them. */
export function programsOf(settings: StepSettings): {
  programs: TrainingPrograms;
  objectives: Objective[];
} {
  const { model, tap, plain, recompute } = settings;
  const network = buildNetwork(model, networkOptions(settings, 1));
  const objectives = plain ? [] : [penaltyOf(settings)];
  return {
    programs: buildPrograms(network, { objectives, observe: [{ tap, position: 'after' }], recompute }),
    objectives,
  };
}

function networkOptions({ input, width }: StepSettings, seed: number) {
  return { classes: CLASSES, input, width, head: 'pooled', random: new Random(seed) } as const;
}

function penaltyOf(settings: StepSettings): Objective {
  const { model, tap, aggregation, similarity } = settings;
  const orthogonal = buildNetwork(model, networkOptions(settings, 2));
  return antiTransfer({ orthogonal, tap, aggregation, similarity });
}
