import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Device } from 'onnx-autograd';
import { isProcessor } from '../../learning/training/device.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import { Claim, type Holder } from '../store/claim.js';

/**
 * Does what a device computes with the device taken: one that is not the processor has one job at a time, whichever command of
 * this user on this machine it belongs to, as its memory is not shared.
 *
 * @param onWait told who has it
 * @throws the signal's reason when it aborts
 */
export async function withDevice<T>(
  device: Device,
  { compiledCache }: Pick<JobSurroundings, 'compiledCache'>,
  signal: AbortSignal,
  onWait: (holder: Holder) => void,
  work: () => Promise<T>,
): Promise<T> {
  if (isProcessor(device)) return work();
  const claim = await Claim.await(join(compiledCache, `${device}-${hostname()}.claim`), signal, onWait);
  try {
    return await work();
  } finally {
    await claim.release();
  }
}
