import { availableParallelism } from 'node:os';
import { z } from 'zod';
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
    .describe('Trainings side by side; null for one a core'),
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

/** Divides the machine between trainings side by side. */
export function sharesOf(execution: ExecutionSettings): Shares {
  const cores = availableParallelism();
  const parallel = execution.runner === 'inline' ? 1 : (execution.parallel ?? cores);
  return {
    parallel,
    threads: Math.min(execution.threads ?? Math.max(1, Math.floor(cores / parallel)), cores),
    frozenCacheMiB: execution.frozenCacheMiB / parallel,
    frozenScratchMiB: execution.frozenScratchMiB / parallel,
  };
}
