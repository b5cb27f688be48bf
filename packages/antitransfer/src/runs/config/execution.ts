import { availableParallelism } from 'node:os';
import type { Device } from 'onnx-autograd';
import { z } from 'zod';
import { isProcessor } from '../../learning/training/device.js';
import { fitExecution } from '../../learning/training/execution.js';

/** Who may carry jobs out, by name. */
export const runnerNames = ['process', 'inline'] as const;

/** How a machine carries a comparison out: never part of what a training is, never compared. */
export const executionSettings = fitExecution.extend({
  parallel: z
    .number()
    .int()
    .min(1)
    .max(256)
    .nullable()
    .default(null)
    .describe('Trainings side by side, and before them processes that compute features; null for one a core'),
  runner: z
    .enum(runnerNames)
    .default('process')
    .describe('Who trains: processes of their own side by side, or this one, one training after another'),
});

export type RunnerName = (typeof runnerNames)[number];
export type ExecutionSettings = z.infer<typeof executionSettings>;

/** What each of the trainings side by side has for itself. */
export interface Shares {
  /** Trainings side by side. */
  readonly parallel: number;
  readonly threads: number;
  readonly frozenCacheMiB: number;
  readonly frozenScratchMiB: number;
}

/**
 * Divides the machine between trainings side by side.
 *
 * @param devices what computes them; a device that is not the processor has one at a time
 */
export function sharesOf(execution: ExecutionSettings, devices: readonly Device[]): Shares {
  const cores = availableParallelism();
  const distinct = new Set(devices);
  const shared = distinct.size === 0 || [...distinct].some(isProcessor);
  const most = shared ? Number.POSITIVE_INFINITY : distinct.size;
  const parallel = execution.runner === 'inline' ? 1 : Math.min(execution.parallel ?? cores, most);
  return {
    parallel,
    threads: Math.min(execution.threads ?? Math.max(1, Math.floor(cores / parallel)), cores),
    frozenCacheMiB: execution.frozenCacheMiB / parallel,
    frozenScratchMiB: execution.frozenScratchMiB / parallel,
  };
}

/** Processes that compute features side by side: as many as train, on the processor. */
export function processesOf(execution: ExecutionSettings): number {
  return sharesOf(execution, ['cpu']).parallel;
}
