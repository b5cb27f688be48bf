import { beforeAll, describe, expect, it } from 'vitest';
import { sgd } from '../../src/optimizers/sgd.js';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { openDevice } from '../../src/runtime/open.js';
import type { OpenDevice } from '../../src/runtime/runtime.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import type { SessionOptions } from '../../src/sessions/session.js';
import { type Tensor, toNumbers } from '../../src/tensor.js';
import { rows } from '../gradients/rows/index.js';
import { batch, smallTraining } from '../sessions/training-network.js';
import { expectSameTraining, wrongRows } from './compare.js';
import { gradientsOnDevice, type RowResult } from './gradients-on-device.js';
import { sampleOfRows } from './sample.js';
import { useSoftwareVulkan } from './software-vulkan.js';
import { trainOnDevice } from './train-on-device.js';

describe('WebGPU in Node', () => {
  let device: OpenDevice | undefined;
  let why = '';

  beforeAll(async () => {
    useSoftwareVulkan();
    device = await openDevice(nodeRuntime, 'webgpu').catch((error: Error) => {
      why = error.message;
      return undefined;
    });
    if (device === undefined) console.warn(`SKIPPED: WebGPU in Node was NOT TESTED. ${why}`);
  }, 120_000);

  it('has the CPU’s gradients, in a sample of the rows', async ({ skip }) => {
    if (device === undefined) return skip(why);
    const sample = sampleOfRows(rows).map((position) => rows[position]!);
    const found: RowResult[] = [];
    for (const row of sample) found.push(await gradientsOnDevice(device, row));
    expect(await wrongRows('webgpu', sample, found)).toEqual([]);
  }, 180_000);

  it.for(['sgd, nesterov, clipped', 'adam', 'adam, decay, clipped'])(
    'trains as the CPU does by %s, its weights and the optimizer’s arrays on the device',
    { timeout: 180_000 },
    async (optimizer, { skip }) => {
      if (device === undefined) return skip(why);
      const create = (options: SessionOptions) => TrainingSession.create(options);
      const reference = await trainOnDevice(create, 'cpu', optimizer);
      const found = await trainOnDevice(create, 'webgpu', optimizer);
      expect(found.device).toBe('webgpu');
      expectSameTraining(reference, found);
    },
  );

  it('sums the gradients of several batches on the device, as the CPU does', async ({ skip }) => {
    if (device === undefined) return skip(why);
    const trained = async (on: 'cpu' | 'webgpu') => {
      const options = {
        ...smallTraining({ optimizer: sgd({ momentum: 0.9 }), clipNorm: 0.5, clipValue: 0.1 }),
        device: on,
        thread: 'inline',
      } as const;
      const session = await TrainingSession.create(options);
      const losses: number[] = [];
      for (const step of [0, 3, 6]) {
        const batches = [batch(step), batch(step + 1), batch(step + 2)] as { x: Tensor; labels: Tensor }[];
        losses.push((await session.accumulatedStep('train', batches, [0.4, 0.4, 0.2])).loss);
      }
      const weights = Object.entries(await session.weights()).flatMap(([, tensor]) => toNumbers(tensor));
      await session.close();
      return [...losses, ...weights];
    };
    const found = await trained('webgpu');
    for (const [i, number] of (await trained('cpu')).entries()) expect(found[i]).toBeCloseTo(number, 3);
  }, 180_000);
});
