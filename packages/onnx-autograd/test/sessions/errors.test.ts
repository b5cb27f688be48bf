import {
  crossEntropy,
  crossEntropyPerSample,
  expressions,
  type Feeds,
  float32,
  Graph,
  GraphError,
  int64,
  NonFiniteLossError,
  openProgram,
  ProgramBuilder,
  sgd,
  type Tensor,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { batch, smallTraining, train } from './training-network.js';

const threads = ['inline', 'worker'] as const;

describe('a loss that is not finite', () => {
  it.each(threads)(
    '%s: an error names the step, changes nothing, and the training goes on',
    async (thread) => {
      const wanted = await train(smallTraining(), 4);
      const session = await TrainingSession.create({ ...smallTraining(), thread });
      for (const step of [0, 1]) await session.step('train', batch(step));
      const before = await session.snapshot();
      for (const poison of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const { x, labels } = batch(2);
        const data = Float32Array.from(x?.data as Float32Array);
        data[0] = poison;
        const failing = session.step('train', { x: { ...(x as Tensor), data }, labels: labels as Tensor });
        const error = await failing.catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(NonFiniteLossError);
        expect((error as NonFiniteLossError).step).toBe(3);
        expect((error as NonFiniteLossError).message).toMatch(/at step 3/);
        expect(await session.snapshot()).toEqual(before);
      }
      const rest = [await session.step('train', batch(2)), await session.step('train', batch(3))];
      expect(rest).toEqual(wanted.results.slice(2));
      expect(await session.snapshot()).toEqual(wanted.end);
      await session.close();
    },
  );

  it('and so is a finite loss whose gradient is not', async () => {
    const network = new Graph('root');
    const x = network.input('x', ['batch', 2]);
    network.output(expressions.sqrt(expressions.add(x, network.initializer(float32([0, 0]), 'offset'))));
    const builder = new ProgramBuilder();
    const copy = builder.include(network, { inputs: { x: builder.graph.input('x', ['batch', 2]) } });
    const loss = expressions.mean(copy.value(network.outputs[0] as Value), undefined, false);
    const session = await TrainingSession.create({
      programs: { train: builder.trainingProgram(loss) },
      weights: Object.fromEntries(builder.weights),
      optimizer: { kind: 'sgd', learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 },
    });
    // The root of 0 is 0, and infinitely steep.
    await expect(session.step('train', { x: float32([0, 1], [1, 2]) })).rejects.toBeInstanceOf(
      NonFiniteLossError,
    );
    expect((await session.weights()).offset?.data).toEqual(Float32Array.of(0, 0));
    expect((await session.step('train', { x: float32([1, 1], [1, 2]) })).step).toBe(1);
    await session.close();
  });
});

describe('feeds that do not fit', () => {
  const good = batch(0);
  const x = good.x as Tensor;
  const labels = good.labels as Tensor;
  const cases: readonly (readonly [string, Feeds, RegExp])[] = [
    ['a missing input', { x }, /"labels" is missing; wanted int64 \(batch\)/],
    ['an input too many', { x, labels, y: x }, /no input "y"; inputs are x, labels/],
    [
      'another rank',
      { x: { ...x, dims: [240] }, labels },
      /"x" is float32 \(240\); wanted float32 \(batch, 1, 5, 6\)/,
    ],
    [
      'another size',
      { x: { ...x, dims: [8, 1, 6, 5] }, labels },
      /"x" is float32 \(8, 1, 6, 5\); wanted float32 \(batch, 1, 5, 6\)/,
    ],
    [
      'another type',
      { x, labels: { ...x, dims: [240] } },
      /"labels" is float32 \(240\); wanted int64 \(batch\)/,
    ],
    [
      'unequal batches',
      { x, labels: int64([0, 1]) },
      /"labels" is int64 \(2\); wanted int64 \(batch\) with batch = 8/,
    ],
    [
      'too few numbers',
      { x: { ...x, data: new Float32Array(9) }, labels },
      /"x" has 9 elements; its shape \(8, 1, 5, 6\) wants 240/,
    ],
    [
      'another array',
      { x: { ...x, data: new Float64Array(240) }, labels },
      /"x" holds its numbers as Float64Array; float32 wants Float32Array/,
    ],
  ];
  it.each(cases)(
    '%s: the error names the input, what is given and what is wanted',
    async (_what, feeds, message) => {
      for (const thread of threads) {
        const session = await TrainingSession.create({ ...smallTraining(), thread });
        await expect(session.step('train', feeds)).rejects.toThrow(message);
        await expect(session.step('train', feeds)).rejects.toBeInstanceOf(GraphError);
        // The session is none the worse for it.
        expect((await session.step('train', good)).step).toBe(1);
        await session.close();
      }
    },
  );

  it.each([
    ['negative', -1],
    ['PyTorch’s for samples that are to be ignored', -100],
    ['the number of classes', 3],
    ['far too large', 70_000_000_000],
  ])('a label that is %s: the error names it, its position and the classes', async (_, label) => {
    const wrong = { x, labels: int64([0, 1, 2, 0, 1, label, 0, 0]) };
    const message = new RegExp(
      `^The input "labels" has the label ${label} at position 5\\. There are 3 classes: labels are whole numbers from 0 to 2\\.`,
    );
    for (const thread of threads) {
      const session = await TrainingSession.create({ ...smallTraining(), thread });
      await expect(session.step('train', wrong)).rejects.toThrow(message);
      await expect(session.step('train', wrong)).rejects.toBeInstanceOf(GraphError);
      expect((await session.step('train', good)).step).toBe(1);
      await session.close();
    }
  });

  it('a label that stands for none is taken where the loss ignores it, and no other', async () => {
    const builder = new ProgramBuilder();
    const logits = builder.graph.input('logits', ['batch', 3]);
    const named = builder.graph.input('labels', ['batch'], 'int64');
    const loss = crossEntropyPerSample(logits, named, { ignoreLabel: -100 });
    const opened = await openProgram(builder.program({ loss }));
    const feeds = (label: number) => ({ logits: float32([1, 2, 3], [1, 3]), labels: int64([label]) });
    expect((await opened.run(feeds(-100))).loss?.data[0]).toBe(0);
    expect((await opened.run(feeds(1))).loss?.data[0]).toBeCloseTo(1.4076, 4);
    await expect(opened.run(feeds(-1))).rejects.toThrow(
      /has the label -1 at position 0\. There are 3 classes.* Where there is no label, it is -100\./,
    );
    await opened.close();
  });

  it('labels that are cast, where they are fed as they are and where a program only computes', async () => {
    const builder = new ProgramBuilder();
    const logits = builder.graph.input('logits', ['batch', 4]);
    const fed = builder.graph.input('fed', ['batch', 1]);
    const labels = expressions.cast(expressions.squeeze(fed, [1]), 'int64');
    const entropy = crossEntropyPerSample(logits, labels);
    const session = await TrainingSession.create({
      programs: { evaluate: builder.program({ entropy }) },
      weights: {},
      optimizer: sgd(),
      thread: 'inline',
    });
    const run = (label: number) =>
      session.run('evaluate', {
        logits: float32([1, 2, 3, 4, 1, 2, 3, 4], [2, 4]),
        fed: float32([3, label], [2, 1]),
      });
    for (const label of [-1, 4, 0.5, Number.NaN]) {
      await expect(run(label)).rejects.toThrow(
        `The input "fed" has the label ${label} at position 1. There are 4 classes`,
      );
    }
    expect((await run(0)).entropy?.dims).toEqual([2]);
    await session.close();
  });

  it('labels that are constants, or of which one network knows fewer classes', () => {
    const builder = new ProgramBuilder();
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const logits = (classes: number) => builder.graph.input(`logits${classes}`, ['batch', classes]);
    const losses = [5, 3, 7].map((classes) => crossEntropy(logits(classes), labels));
    const program = builder.program({ loss: losses.reduce((a, b) => expressions.add(a, b)) });
    expect(program.inputs.find(({ name }) => name === 'labels')?.classes).toBe(3);
    const constant = builder.graph.constant(int64([0, 5]), 'known');
    expect(() => crossEntropy(logits(5), constant)).toThrow(
      /^The constant "known" has the label 5 at position 1\. There are 5 classes/,
    );
  });

  it('numbers that are not whole, where a tensor of such is made', () => {
    expect(() => int64([1, 0.5])).toThrow('An int64 tensor holds whole numbers; at position 1 is 0.5.');
    expect(() => int64([Number.NaN])).toThrow(GraphError);
  });

  it('an empty batch', async () => {
    const empty = { x: float32([], [0, 1, 5, 6]), labels: int64([], [0]) };
    for (const thread of threads) {
      const session = await TrainingSession.create({ ...smallTraining(), thread });
      const message = /^The input "x" is float32 \(0, 1, 5, 6\), which is empty: "batch" must be at least 1/;
      await expect(session.step('train', empty)).rejects.toThrow(message);
      await expect(session.run('evaluate', { x: empty.x })).rejects.toThrow(message);
      expect((await session.step('train', good)).step).toBe(1);
      await session.close();
    }
  });

  it('an unknown program, or one without gradients', async () => {
    const session = await TrainingSession.create(smallTraining());
    await expect(session.run('test', { x })).rejects.toThrow(
      /no program "test"; programs are train, evaluate/,
    );
    await expect(session.step('evaluate', { x })).rejects.toThrow(/"evaluate" computes no gradients/);
    await session.close();
  });
});
