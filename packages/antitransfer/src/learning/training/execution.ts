import { z } from 'zod';

/**
 * How a machine carries a training out. None of it changes a number that comes out: ONNX Runtime shares work between
 * threads by outputs, never inside a sum (`execution.test.ts` holds that).
 */
export const fitExecution = z.strictObject({
  threads: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Threads of one training, at most one a core; null to choose'),
  frozenCacheMiB: z
    .number()
    .min(0)
    .default(2048)
    .describe(
      'Memory for what frozen networks say of clips, so that they run once a clip; all trainings side by side share it',
    ),
  frozenScratchMiB: z
    .number()
    .min(0)
    .default(16384)
    .describe(
      'Disk for what does not fit that memory, while trainings run; beyond it frozen networks run in every epoch',
    ),
  checkpointSeconds: z
    .number()
    .positive()
    .default(60)
    .describe('A checkpoint is written this often, and at the end of each epoch'),
});

export type FitExecution = z.infer<typeof fitExecution>;
