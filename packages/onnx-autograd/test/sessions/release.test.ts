import { float32, TrainingSession } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { Mover } from '../../src/runtime/mover.js';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { openDevice } from '../../src/runtime/open.js';
import type { OpenDevice, Runtime } from '../../src/runtime/runtime.js';
import { TrainingEngine } from '../../src/sessions/engine.js';
import { batch, smallTraining, train, unknownOperator } from './training-network.js';

/** ONNX Runtime in Node, and how many of its sessions are open. */
async function counted(): Promise<{ runtime: Runtime; open: () => number; opened: () => number }> {
  let [opened, released] = [0, 0];
  const runtime: Runtime = {
    ...nodeRuntime,
    async load(devices, options) {
      const { Tensor, compile } = await nodeRuntime.load(devices, options);
      return {
        Tensor,
        async compile(...given) {
          const session = await compile(...given);
          opened++;
          const release = session.release.bind(session);
          return Object.assign(session, {
            release: async () => {
              released++;
              await release();
            },
          });
        },
      };
    },
  };
  return { runtime, open: () => opened - released, opened: () => opened };
}

describe('what is compiled is released', () => {
  it('when a training is closed', async () => {
    const { runtime, open } = await counted();
    const engine = await TrainingEngine.create(smallTraining(), runtime);
    expect(open()).toBe(2);
    await engine.close();
    expect(open()).toBe(0);
  });

  it('when a later program of the same training cannot be compiled', async () => {
    const { runtime, open, opened } = await counted();
    const options = smallTraining();
    const { train: whole, evaluate } = options.programs;
    const broken = { ...evaluate, graph: unknownOperator() };
    const programs = { train: whole, broken } as typeof options.programs;
    await expect(TrainingEngine.create({ ...options, programs }, runtime)).rejects.toThrow();
    // The probe of the device, and the first program.
    expect(opened()).toBe(2);
    expect(open()).toBe(0);
  });
});

describe('copies to a device', () => {
  /** A device on which compiling fails the first time. */
  async function fragile(): Promise<OpenDevice> {
    const device = await openDevice(nodeRuntime, 'cpu');
    let count = 0;
    const compile: OpenDevice['compile'] = async (...given) => {
      if (++count === 1) throw new Error('out of memory');
      return device.compile(...given);
    };
    return { ...device, compile };
  }
  const tensors = new Map([['a', float32([1, 2, 3])]]);

  it('that cannot be compiled once are compiled the next time', async () => {
    const mover = new Mover(await fragile());
    await expect(mover.download(tensors)).rejects.toThrow('out of memory');
    expect((await mover.download(tensors)).a).toEqual(tensors.get('a'));
    await mover.release();
  });

  it('that cannot be compiled do not stand in the way of the release of others', async () => {
    const mover = new Mover(await fragile());
    const failing = mover.download(tensors);
    const released = mover.release();
    await expect(failing).rejects.toThrow('out of memory');
    await released;
  });
});

describe.each(['inline', 'worker'] as const)('%s: a training that is closed while it computes', (thread) => {
  it('gives the steps that were asked before, and refuses what is asked later', async () => {
    const wanted = await train(smallTraining(), 3);
    const session = await TrainingSession.create({ ...smallTraining(), thread });
    const steps = [0, 1, 2].map((step) => session.step('train', batch(step)));
    const end = session.snapshot();
    const closed = session.close();
    expect(await Promise.all(steps)).toEqual(wanted.results);
    expect(await end).toEqual(wanted.end);
    await closed;
    await expect(session.step('train', batch(3))).rejects.toThrow(/is closed|has ended/);
    await session.close();
  });
});
