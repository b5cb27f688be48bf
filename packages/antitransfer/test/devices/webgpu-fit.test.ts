import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { antiTransfer } from '../../src/learning/objectives/similarity.js';
import { fit } from '../../src/learning/training/fit.js';
import { drawClips, smallNetwork, smallTraining } from '../learning/training/small.js';
import { type Found, findWebGpu } from './software-device.js';

/** Relative to the largest number of each kind, after three steps. Measured on a software adapter: 2.5e-7 and 4.6e-6. */
const tolerances = { losses: 1e-5, weights: 1e-4 };

let found: Found;
let folder: string;
beforeAll(async () => {
  found = await findWebGpu();
  folder = await mkdtemp(join(tmpdir(), 'webgpu-fit-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Three steps of vgg-small beside a frozen network, and what came of them. By SGD: Adam's first steps are as long for a gradient
 * of next to nothing, whose sign is anybody's.
 */
async function outcome(device: Device, checkpoints: string) {
  const { session, weights, epochs } = await fit({
    ...smallTraining({ epochs: 3, optimizer: 'sgd', learningRate: 0.01, clipNorm: 1 }),
    train: drawClips(4, 1),
    validation: drawClips(4, 2),
    objectives: [
      antiTransfer({ orthogonal: smallNetwork(2), tap: 'conv4_2', similarity: 'correlation', beta: 10 }),
    ],
    device,
    folder: join(folder, checkpoints),
  });
  const { device: computed } = session;
  await session.close();
  const measured = epochs.flatMap(({ train, validation }) => [
    train.crossEntropy,
    ...Object.values(train.objectives),
    validation.crossEntropy,
  ]);
  return { computed, weights, measured };
}

/** The largest distance, relative to the largest number. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const largest = (numbers: readonly number[]) => numbers.reduce((most, n) => Math.max(most, Math.abs(n)), 0);
  return largest(Array.from(a, (value, i) => value - (b[i] as number))) / largest(Array.from(a));
}

describe('a training on WebGPU', () => {
  it('comes to the numbers of the processor, within a tolerance, and is another one', async ({ skip }) => {
    if ('why' in found) return skip(found.why);
    const cpu = await outcome('cpu', 'cpu');
    const gpu = await outcome('webgpu', 'gpu');
    expect([cpu.computed, gpu.computed]).toEqual(['cpu', 'webgpu']);
    expect(gpu.measured).toHaveLength(9);
    expect(distance(cpu.measured, gpu.measured)).toBeLessThan(tolerances.losses);
    expect(cpu.measured[0]).not.toBe(cpu.measured[3]);
    const distances = Object.entries(cpu.weights).map(([name, { data }]) => {
      return distance(data as Float32Array, gpu.weights[name]?.data as Float32Array);
    });
    expect(distances.length).toBeGreaterThan(10);
    expect(Math.max(...distances)).toBeLessThan(tolerances.weights);
    // What one device began the other does not go on with: its numbers would be neither's.
    await expect(outcome('cpu', 'gpu')).rejects.toThrow(/another training/);
  }, 600_000);
});
