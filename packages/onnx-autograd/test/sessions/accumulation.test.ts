import { GraphError, NonFiniteLossError, TrainingSession } from 'onnx-autograd';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy } from '../../src/building/losses/index.js';
import { adamw } from '../../src/optimizers/adam.js';
import type { Schedule } from '../../src/optimizers/schedule.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import type { Feeds } from '../../src/programs/feeds.js';
import type { TrainingProgram } from '../../src/programs/program.js';
import { Random } from '../../src/random.js';
import { nodeRuntime } from '../../src/runtime/node/runtime.js';
import { openDevice } from '../../src/runtime/open.js';
import type { OpenDevice } from '../../src/runtime/runtime.js';
import { OnDevice } from '../../src/sessions/on-device.js';
import { OnHost } from '../../src/sessions/on-host.js';
import { readSnapshot, snapshotTensors, writeSnapshot } from '../../src/sessions/snapshot.js';
import type { Compiled, WeightHolder } from '../../src/sessions/weight-holder.js';
import { float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { smallNetwork, smallTraining } from './training-network.js';

/** A batch of the small network's inputs. */
function batchOf(seed: number, size: number): { readonly x: Tensor; readonly labels: Tensor } {
  const random = new Random(seed);
  const numbers = Array.from({ length: size * 30 }, () => random.normal());
  const labels = Array.from({ length: size }, () => random.integer(0, 2));
  return { x: float32(numbers, [size, 1, 5, 6]), labels: int64(labels) };
}

/** The samples from `begin` up to `end`. */
function part({ x, labels }: ReturnType<typeof batchOf>, begin: number, end: number): Feeds {
  const rows = (x.data as Float32Array).slice(30 * begin, 30 * end);
  const own = (labels.data as BigInt64Array).slice(begin, end);
  return {
    x: { type: 'float32', dims: [end - begin, 1, 5, 6], data: rows },
    labels: { type: 'int64', dims: [end - begin], data: own },
  };
}

/** The small network as in evaluation: a loss that is the mean of what each sample has by itself. */
function withoutState() {
  const network = smallNetwork(1);
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 1, 5, 6]);
  const [output] = network.outputs;
  const logits = builder.include(network, { inputs: { x } }).value(output!);
  const loss = crossEntropy(logits, builder.graph.input('labels', ['batch'], 'int64'));
  return {
    programs: { train: builder.trainingProgram(loss, { logits }) },
    weights: Object.fromEntries(builder.weights),
    threads: 1,
    thread: 'inline',
  } as const;
}

async function weightsAfter(session: TrainingSession): Promise<Record<string, number[]>> {
  const weights = Object.entries(await session.weights());
  await session.close();
  return Object.fromEntries(weights.map(([name, tensor]) => [name, toNumbers(tensor)]));
}

describe('a step over several batches', () => {
  const optimizer = adamw({ learningRate: 0.02, weightDecay: 0.1 });

  it('is that of the whole batch, by the shares of its parts', async () => {
    const options = { ...withoutState(), optimizer, clipNorm: 0.1 };
    const [whole, parts] = [await TrainingSession.create(options), await TrainingSession.create(options)];
    for (const seed of [1, 2, 3]) {
      const all = batchOf(seed, 12);
      const due = await whole.step('train', all);
      const pieces = [part(all, 0, 5), part(all, 5, 9), part(all, 9, 12)];
      const found = await parts.accumulatedStep('train', pieces, [5 / 12, 4 / 12, 3 / 12]);
      expect(found.step).toBe(due.step);
      expect(found.loss).toBeCloseTo(due.loss, 5);
      expect(found.gradientNorm / due.gradientNorm).toBeCloseTo(1, 4);
      const logits = found.outputs.flatMap((outputs) => toNumbers(outputs.logits!));
      for (const [i, logit] of toNumbers(due.outputs.logits!).entries())
        expect(logits[i]).toBeCloseTo(logit, 4);
    }
    const [due, found] = [await weightsAfter(whole), await weightsAfter(parts)];
    for (const [name, numbers] of Object.entries(due))
      for (const [i, number] of numbers.entries()) expect(found[name]?.[i], name).toBeCloseTo(number, 4);
  });

  it('of one batch is a step, bit for bit; dropout and running statistics too', async () => {
    const options = { ...smallTraining({ optimizer }), thread: 'inline' } as const;
    const [one, other] = [await TrainingSession.create(options), await TrainingSession.create(options)];
    for (const seed of [1, 2, 3]) {
      const due = await one.step('train', batchOf(seed, 6));
      const { outputs, ...found } = await other.accumulatedStep('train', [batchOf(seed, 6)]);
      expect({ ...found, outputs: outputs[0] }).toEqual(due);
    }
    expect(await other.snapshot()).toEqual(await one.snapshot());
    for (const session of [one, other]) await session.close();
  });

  it.each(['inline', 'worker'] as const)(
    '%s: where one is not finite, all is as it was before',
    async (thread) => {
      const session = await TrainingSession.create({ ...smallTraining({ optimizer }), thread });
      await session.accumulatedStep('train', [batchOf(1, 4), batchOf(2, 4)]);
      const before = await session.snapshot();
      const good = batchOf(3, 4);
      const bad = { ...good, x: float32(new Float32Array(120).fill(Number.NaN), [4, 1, 5, 6]) };
      for (const batches of [
        [good, bad],
        [bad, good],
      ])
        await expect(session.accumulatedStep('train', batches)).rejects.toBeInstanceOf(NonFiniteLossError);
      expect(await session.snapshot()).toEqual(before);
      expect((await session.accumulatedStep('train', [good, good])).step).toBe(2);
      await session.close();
    },
  );

  it('wants batches, a share for each, and feeds that fit', async () => {
    const session = await TrainingSession.create({ ...withoutState(), optimizer });
    const good = batchOf(1, 4);
    const ask = (batches: Feeds[], shares?: number[]) =>
      session.accumulatedStep('train', batches as { x: Tensor; labels: Tensor }[], shares);
    await expect(ask([])).rejects.toThrow(/wants one batch or more; none is given/);
    await expect(ask([good, good], [1])).rejects.toThrow(/shares of 2 batches are 1/);
    await expect(ask([good], [Number.NaN])).rejects.toThrow(/shares of 1 batches are NaN/);
    await expect(ask([good, { x: good.x }])).rejects.toThrow(GraphError);
    expect(await session.steps()).toBe(0);
    await session.close();
  });
});

describe('a plateau in a snapshot', () => {
  const schedule: Schedule = { kind: 'plateau', patience: 1, factor: 0.5 };
  const create = () => TrainingSession.create({ ...withoutState(), optimizer: sgd(), schedule });

  it('goes on where it was, through a file', async () => {
    const [first, second] = [await create(), await create()];
    for (const value of [1, 2, 2, 0.5, 3]) await first.report(value);
    await second.restore(readSnapshot(writeSnapshot(await first.snapshot())).snapshot);
    expect(await second.snapshot()).toEqual(await first.snapshot());
    for (const value of [0.6, 0.7, 0.1]) expect(await second.report(value)).toBe(await first.report(value));
    expect((await second.step('train', batchOf(1, 4))).learningRate).toBe(0.01 * 0.25);
    for (const session of [first, second]) await session.close();
  });

  it('is refused where it is damaged', async () => {
    const session = await create();
    const good = await session.snapshot();
    const plateau = { factor: Number.NaN, worse: 0, resting: 0 };
    await expect(session.restore({ ...good, plateau })).rejects.toThrow(/"plateau" is .* not what a plateau/);
    await session.close();
  });
});

describe('weights on the device move as those in memory', () => {
  // Where they are held is another matter than what computes: the processor stands in for a device that keeps results.
  let device: OpenDevice;
  beforeAll(async () => {
    device = await openDevice(nodeRuntime, 'cpu', { threads: 1 });
  });

  /** Steps of either kind; the second is over several batches, and so is the third, which a batch with NaN in it spoils at first. */
  async function numbersOf(holder: WeightHolder) {
    const { programs } = smallTraining({ optimizer: adamw() });
    const train = (await holder.compile(programs.train!)) as Compiled<TrainingProgram>;
    const masks = (size: number) => ({
      [train.masks[0]!.name]: float32(new Float32Array(size * 5).fill(1), [size, 5]),
    });
    const feeds = (batch: Feeds, size: number) => async () => ({
      ...(await holder.feeds(train.weights)),
      ...batch,
      ...masks(size),
    });
    const move = (step: number) => ({ step, learningRate: 0.02 });
    const first = await holder.step(train, await feeds(batchOf(1, 6), 6)(), move(1));
    const parts = [2, 3, 4].map((seed) => ({ feeds: feeds(batchOf(seed, seed), seed), share: seed / 9 }));
    const second = await holder.stepOver(train, parts, move(2));
    const before = await holder.snapshot();
    const broken = { ...batchOf(1, 2), x: float32(new Float32Array(60).fill(Number.NaN), [2, 1, 5, 6]) };
    const spoiled = [...parts, { feeds: feeds(broken, 2), share: 1 }];
    const refused = await holder.stepOver(train, spoiled, move(3));
    expect(refused.gradientNorm).toBeNaN();
    expect(await holder.snapshot()).toEqual(before);
    const third = await holder.stepOver(train, parts, move(3));
    const tensors = snapshotTensors(await holder.snapshot());
    await train.executable.release();
    await holder.close();
    const told = [first, second, third].flatMap(({ loss, gradientNorm }) => [loss, gradientNorm]);
    const numbers = Object.entries(tensors).map(([name, tensor]) => [name, toNumbers(tensor)] as const);
    return { told, numbers: new Map(numbers) };
  }

  it.each([[{}], [{ clipNorm: 0.1 }], [{ clipValue: 0.005 }], [{ clipNorm: 0.2, clipValue: 0.005 }]])(
    '%o',
    async (clipping) => {
      const { weights } = smallTraining();
      const optimizer = adamw({ learningRate: 0.02, weightDecay: 0.1, rates: { 'head.*': 0.5 } });
      const due = await numbersOf(new OnHost(device, weights, optimizer, clipping));
      const found = await numbersOf(new OnDevice(device, weights, optimizer, clipping));
      for (const [i, number] of due.told.entries()) expect(found.told[i]).toBeCloseTo(number, 4);
      expect([...found.numbers.keys()].sort()).toEqual([...due.numbers.keys()].sort());
      for (const [name, numbers] of due.numbers)
        for (const [i, number] of numbers.entries())
          expect(found.numbers.get(name)?.[i], name).toBeCloseTo(number, 4);
    },
  );
});
