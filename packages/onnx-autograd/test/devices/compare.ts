import { expect } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { openDevice } from '../../src/runtime/open.js';
import { describeRow, type Row } from '../gradients/row.js';
import { deviation, trainingDeviation } from './deviation.js';
import { gradientsOnDevice, type RowResult } from './gradients-on-device.js';
import type { Trained } from './train-on-device.js';

/** How far a device's gradients may be from the CPU's: norm of the difference, relative to the norm. */
const tolerances = {
  /** Measured: 4e-7. */
  wasm: 1e-5,
  /** WGSL promises little for cosines, of which the worst is 9e-5 off; the others are within 1e-5. */
  webgpu: 2e-4,
};

/** Rows whose gradients a device gets wrong, with what they are off by or why there are none. */
export async function wrongRows(
  device: keyof typeof tolerances,
  rows: readonly Row[],
  found: readonly RowResult[],
): Promise<string[]> {
  const cpu = await openDevice(nodeRuntime, 'cpu', { threads: 1 });
  const wrong: string[] = [];
  for (const [i, row] of rows.entries()) {
    const given = found[i] ?? { error: 'missing' };
    const distance = deviation(await gradientsOnDevice(cpu, row), given);
    if (distance <= tolerances[device]) continue;
    wrong.push(`${describeRow(row)}: ${'error' in given ? given.error : distance}`);
  }
  return wrong;
}

/** A training on a device is that on the CPU, and a step that is not finite moves nothing. */
export function expectSameTraining(reference: Trained, found: Trained): void {
  expect(Object.keys(found.end).sort()).toEqual(Object.keys(reference.end).sort());
  // Ten steps multiply what the devices round differently. Measured: 2e-5.
  expect(trainingDeviation(reference, found)).toBeLessThan(2e-4);
  expect(found.losses.at(-1)).not.toBe(found.losses[0]);
  expect(found.refused).toBe('NonFiniteLossError');
  expect(found.movedByRefused).toBe(false);
}
