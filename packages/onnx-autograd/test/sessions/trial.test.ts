import type { Tensor } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { tried } from '../../src/sessions/browser/trial.js';
import type { Call } from '../../src/sessions/remote.js';
import { type EngineAccess, openEngine } from '../../src/sessions/session.js';
import { batch, smallTraining } from './training-network.js';

// Engines of Node, computing on this thread: what is tried is which of two is faster, wherever they are.

const nobody = () => {
  throw new Error('Engines are on this thread here.');
};
const open = () => openEngine({ ...smallTraining(), thread: 'inline' }, nodeRuntime, nobody);

/** An engine that takes so long more to answer, and a list of what it was asked. */
function slowed({ call, ...access }: EngineAccess, milliseconds: number) {
  const asked: string[] = [];
  const later: Call = async (method, ...parameters) => {
    asked.push(method);
    const answer = await call(method, ...parameters);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return answer;
  };
  return { asked, access: { ...access, call: later } };
}

/** Some steps with a look between them, and all that the next would depend on. */
async function trained({ call }: Pick<EngineAccess, 'call'>, steps: number): Promise<unknown> {
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    losses.push((await call('step', 'train', batch(i))).loss);
    if (i === 1) await call('run', 'evaluate', { x: batch(0).x as Tensor });
  }
  return { losses, end: await call('snapshot') };
}

async function pair(delays: { one: number; several: number }) {
  const one = slowed(await open(), delays.one);
  const several = slowed(await open(), delays.several);
  const access: EngineAccess = tried(
    { access: one.access, threads: 1 },
    { access: several.access, threads: 4 },
  );
  return { one, several, access };
}

describe('two engines of one training', () => {
  it.each([
    ['one thread', { one: 0, several: 60 }, 1],
    ['several', { one: 60, several: 0 }, 4],
  ])('the faster goes on alone, to the same numbers: %s', async (_, delays, threads) => {
    const alone = await open();
    const expected = await trained(alone, 7);
    await alone.end();
    const { one, several, access } = await pair(delays);
    expect(access.threads?.()).toBeUndefined();
    expect(await trained(access, 7)).toEqual(expected);
    expect(access.threads?.()).toBe(threads);
    const [kept, left] = threads === 1 ? [one, several] : [several, one];
    // The first is not timed, then three are.
    expect(left.asked).toEqual(['step', 'step', 'run', 'step', 'step']);
    expect(kept.asked.filter((method) => method === 'step')).toHaveLength(7);
    // The other has ended; this one goes on.
    await expect(left.access.call('steps')).rejects.toThrow('closed');
    expect(await access.call('steps')).toBe(7);
    await access.end();
    await expect(kept.access.call('steps')).rejects.toThrow('closed');
  });

  it('what takes long is decided after one step', async () => {
    const { access } = await pair({ one: 1500, several: 700 });
    await trained(access, 2);
    expect(access.threads?.()).toBe(4);
    await access.end();
  });

  it('what is asked for at once is answered in order, by what was fed when it was asked', async () => {
    const alone = await open();
    const expected = await trained(alone, 7);
    await alone.end();
    const { access } = await pair({ one: 0, several: 5 });
    const steps = Array.from({ length: 7 }, async (_, i) => {
      const feeds = batch(i) as { x: Tensor; labels: Tensor };
      const step = access.call('step', 'train', feeds);
      (feeds.x.data as Float32Array).fill(0);
      const looked = i === 1 && access.call('run', 'evaluate', { x: batch(0).x as Tensor });
      const { loss } = await step;
      await looked;
      return loss;
    });
    expect({ losses: await Promise.all(steps), end: await access.call('snapshot') }).toEqual(expected);
    await access.end();
  });

  it('what both refuse is refused, and nothing is decided by it', async () => {
    const { access } = await pair({ one: 0, several: 0 });
    const { x, labels } = batch(0) as { x: Tensor; labels: Tensor };
    const broken = { ...x, data: new Float32Array(x.data.length).fill(Number.NaN) };
    await expect(access.call('step', 'train', { x: broken, labels })).rejects.toThrow(/loss is NaN/);
    await expect(access.call('step', 'evaluate', { x })).rejects.toThrow('computes no gradients');
    expect(access.threads?.()).toBeUndefined();
    expect((await access.call('step', 'train', { x, labels })).step).toBe(1);
    await access.end();
  });

  it('one that fails alone is left', async () => {
    const { several, access } = await pair({ one: 0, several: 0 });
    await access.call('step', 'train', batch(0));
    await several.access.end();
    expect((await access.call('step', 'train', batch(1))).step).toBe(2);
    expect(access.threads?.()).toBe(1);
    await access.end();
  });

  it('closed before it is decided, both are closed', async () => {
    const { one, several, access } = await pair({ one: 0, several: 0 });
    const step = access.call('step', 'train', batch(0));
    await access.end();
    expect((await step).step).toBe(1);
    for (const { access: either } of [one, several])
      await expect(either.call('steps')).rejects.toThrow('closed');
  });
});
