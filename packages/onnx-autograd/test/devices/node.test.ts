import { DeviceUnavailableError, type SessionOptions, TrainingSession } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { smallTraining, train } from '../sessions/training-network.js';
import { expectSameTraining } from './compare.js';
import { cases, trainOnDevice } from './train-on-device.js';

const create = (options: SessionOptions) => TrainingSession.create(options);

describe('a device that is not there', () => {
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
  it.each(['worker', 'inline'] as const)('%s: is an error that tells the way out', async (thread) => {
    const wanted = create({ ...smallTraining(), device: elsewhere, thread });
    await expect(wanted).rejects.toBeInstanceOf(DeviceUnavailableError);
    await expect(wanted).rejects.toThrow(
      new RegExp(
        `"${elsewhere}" is not available: ONNX Runtime for ${process.platform} .* is built without it \\(it has cpu.*` +
          'What works here: (.*, )?cpu\\. .* needs Node on ',
      ),
    );
  });

  it('may not exist at all', async () => {
    const wanted = create({ ...smallTraining(), device: 'tpu' as 'cpu' });
    await expect(wanted).rejects.toThrow(/no device "tpu"; devices are .*cpu.*auto/);
  });
});

describe('the device that is taken', () => {
  it('is the CPU when nothing is asked for', async () => {
    const session = await create(smallTraining());
    expect(session.device).toBe('cpu');
    await session.close();
  });

  it('can be left open, and is told', async () => {
    const session = await create({ ...smallTraining(), device: 'auto' });
    expect(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']).toContain(session.device);
    await session.close();
    const { results } = await train({ ...smallTraining(), device: 'auto' }, 2);
    expect(results[1]?.loss).not.toBe(results[0]?.loss);
  });
});

describe('WebAssembly in Node trains as the CPU does', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const reference = await trainOnDevice(create, 'cpu', name);
    const found = await trainOnDevice(create, 'wasm', name);
    expect(found.device).toBe('wasm');
    expectSameTraining(reference, found);
  });
});
