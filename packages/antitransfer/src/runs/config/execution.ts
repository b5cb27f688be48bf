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

/** How many trainings run side by side, and with how many threads each. */
export function sharesOf({ parallel, threads }: ExecutionSettings): { parallel: number; threads: number } {
  const cores = availableParallelism();
  const side = parallel ?? cores;
  return { parallel: side, threads: threads ?? Math.max(1, Math.floor(cores / side)) };
}
