import {
  expressions,
  type Feeds,
  float32,
  Graph,
  ProgramBuilder,
  type SessionOptions,
  type Tensor,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { batch, smallNetwork, smallTraining, train, unknownOperator } from './training-network.js';

const threads = ['inline', 'worker'] as const;

describe('the same numbers, bit for bit', () => {
  it.each([1, 2])('with the same seed and %d threads', async (count) => {
    const options = () => smallTraining({ seed: 3, threads: count });
    const once = await train(options());
    expect(await train(options())).toEqual(once);
    expect(new Set(once.results.map(({ loss }) => loss)).size).toBe(5);
  });

  it('in a worker and inline', async () => {
    const [inline, worker] = [
      await train({ ...smallTraining(), thread: 'inline' }),
      await train({ ...smallTraining(), thread: 'worker' }),
    ];
    expect(worker).toEqual(inline);
  });

  it.each(threads)('%s: when steps are asked for all at once', async (thread) => {
    const wanted = await train(smallTraining());
    const session = await TrainingSession.create({ ...smallTraining(), thread });
    const results = await Promise.all([0, 1, 2, 3, 4].map((step) => session.step('train', batch(step))));
    expect(results).toEqual(wanted.results);
    expect(await session.snapshot()).toEqual(wanted.end);
    await session.close();
  });

  it('another seed drops other elements', async () => {
    const [a, b] = [await train(smallTraining({ seed: 1 }), 1), await train(smallTraining({ seed: 2 }), 1)];
    expect(a.results[0]?.loss).not.toBe(b.results[0]?.loss);
  });
});

describe('a session', () => {
  it('takes batches of any size, and returns what the program names', async () => {
    const session = await TrainingSession.create(smallTraining());
    for (const step of [0, 1, 2]) {
      const feeds = batch(step);
      const result = await session.step('train', feeds);
      expect(result.step).toBe(step + 1);
      expect(result.outputs.logits?.dims).toEqual([feeds.labels?.dims[0], 3]);
    }
    expect(await session.steps()).toBe(3);
    await session.close();
  });

  it('evaluates without dropout, with running statistics, and moves nothing', async () => {
    const session = await TrainingSession.create(smallTraining());
    await session.step('train', batch(0));
    const before = await session.snapshot();
    const { x } = batch(1);
    const first = await session.run('evaluate', { x: x as Tensor });
    expect(await session.run('evaluate', { x: x as Tensor })).toEqual(first);
    expect(await session.snapshot()).toEqual(before);
    await session.close();
  });

  it('hands out copies of its weights, and takes others', async () => {
    const session = await TrainingSession.create({ ...smallTraining(), thread: 'inline' });
    const weights = await session.weights();
    const bias = weights['head.bias'] as Tensor;
    (bias.data as Float32Array).fill(7);
    expect((await session.weights())['head.bias']).not.toEqual(bias);
    await session.setWeights({ 'head.bias': bias });
    expect((await session.weights())['head.bias']).toEqual(bias);
    await session.close();
  });

  it.each([
    ['an unknown weight', { nobody: float32([1]) }, /There is no weight "nobody"; weights are conv1\.weight/],
    [
      'a weight of another shape',
      { 'head.bias': float32([1, 2]) },
      /"head\.bias" is float32 \(3\).* float32 \(2\)/,
    ],
  ])('refuses %s, and changes nothing', async (_what, wrong, message) => {
    const session = await TrainingSession.create(smallTraining());
    const before = await session.weights();
    const good = { 'conv1.bias': float32([9, 9, 9, 9]) };
    await expect(session.setWeights({ ...good, ...wrong })).rejects.toThrow(message);
    expect(await session.weights()).toEqual(before);
    await session.close();
  });

  it('that is closed says so', async () => {
    const session = await TrainingSession.create(smallTraining());
    await session.close();
    await expect(session.weights()).rejects.toThrow(/training thread has ended/);
    await session.close();
  });

  it('that cannot be compiled is refused, and its thread ends', async () => {
    const options = smallTraining();
    const { train, evaluate } = options.programs;
    const broken = { ...options, programs: { train, evaluate: { ...evaluate, graph: unknownOperator() } } };
    await expect(TrainingSession.create(broken as SessionOptions)).rejects.toThrow(/NoSuchOperator/);
  });
});

describe('weights frozen by name or pattern', () => {
  it('do not move; the others do', async () => {
    const session = await TrainingSession.create(
      smallTraining({ frozen: ['conv1.*', '*.scale', 'head.bias'] }),
    );
    const before = await session.weights();
    await session.step('train', batch(0));
    const after = await session.weights();
    const moved = Object.keys(after).filter((name) => {
      const [a, b] = [before[name]?.data ?? [], after[name]?.data ?? []];
      return Array.from(a, Number).some((value, i) => value !== Number(b[i]));
    });
    await session.close();
    // The running statistics follow the batches whatever is frozen.
    const wanted = ['conv2.weight', 'conv2.bias', 'head.weight', 'norm.bias', 'norm.mean', 'norm.variance'];
    expect(moved.sort()).toEqual(wanted.sort());
  });

  it('have no backward nodes', () => {
    const size = (frozen: string[]) => smallTraining({ frozen }).programs.train?.graph.nodes.length ?? 0;
    expect(size(['conv1.*', 'norm.*', 'conv2.*'])).toBeLessThan(0.7 * size([]));
  });

  it('a pattern that fits nothing, or all weights, is an error that says so', () => {
    expect(() => smallTraining({ frozen: ['convolution*'] })).toThrow(
      /"convolution\*" freezes nothing; weights are conv1/,
    );
    expect(() => smallTraining({ frozen: ['*'] })).toThrow(/nothing to train/);
    // A dot is a dot.
    expect(() => smallTraining({ frozen: ['conv1?weight'] })).toThrow(/freezes nothing/);
  });
});

describe('dropout', () => {
  /** A program whose output is what dropout makes of its input. */
  function dropping(ratio: number) {
    const network = new Graph('dropping');
    const x = network.input('x', ['batch', 200]);
    const bias = network.initializer(float32(new Float32Array(200), [200]), 'bias');
    network.output(
      network.apply('Dropout', [expressions.add(x, bias), network.initializer(float32(ratio), 'ratio')]),
    );
    const builder = new ProgramBuilder();
    const fed = builder.graph.input('x', ['batch', 200]);
    const copy = builder.include(network, { inputs: { x: fed }, training: true });
    const dropped = copy.value(network.outputs[0] as Value);
    const loss = expressions.mean(expressions.square(dropped), undefined, false);
    return {
      train: builder.trainingProgram(loss, { dropped }),
      weights: Object.fromEntries(builder.weights),
    };
  }
  const ones: Feeds = { x: float32(new Float32Array(100 * 200).fill(1), [100, 200]) };

  it.each([0.1, 0.5, 0.8])('of ratio %d drops that part, and scales what it keeps', async (ratio) => {
    const { train: program, weights } = dropping(ratio);
    const session = await TrainingSession.create({
      programs: { train: program },
      weights,
      optimizer: { kind: 'sgd', learningRate: 0, momentum: 0, nesterov: false, weightDecay: 0 },
      seed: 8,
    });
    const drop = async () =>
      Array.from((await session.step('train', ones)).outputs.dropped?.data as Float32Array);
    const [first, second] = [await drop(), await drop()];
    await session.close();
    const kept = first.filter((value) => value !== 0);
    for (const value of kept) expect(value).toBeCloseTo(1 / (1 - ratio), 4);
    // Four standard deviations of a binomial.
    const deviation = Math.sqrt((ratio * (1 - ratio)) / first.length);
    expect(Math.abs(1 - kept.length / first.length - ratio)).toBeLessThan(4 * deviation);
    // Other elements at the next step, and no more alike than chance.
    const agreeing = first.filter((value, i) => (value === 0) === (second[i] === 0)).length / first.length;
    const chance = ratio ** 2 + (1 - ratio) ** 2;
    expect(Math.abs(agreeing - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / first.length));
  });
});

describe('the event loop', () => {
  it('goes on while a worker computes a step', async () => {
    // One matrix product after another, each about 0.3 GFLOP.
    const network = new Graph('heavy');
    let x = network.input('x', ['batch', 512]);
    for (let layer = 0; layer < 12; layer++) {
      x = expressions.matMul(
        x,
        network.initializer(float32(new Float32Array(512 * 512), [512, 512]), `w${layer}`),
      );
    }
    network.output(x);
    const builder = new ProgramBuilder();
    const copy = builder.include(network, { inputs: { x: builder.graph.input('x', ['batch', 512]) } });
    const loss = expressions.mean(
      expressions.square(copy.value(network.outputs[0] as Value)),
      undefined,
      false,
    );
    const session = await TrainingSession.create({
      programs: { train: builder.trainingProgram(loss) },
      weights: Object.fromEntries(builder.weights),
      optimizer: { kind: 'sgd', learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 },
      threads: 1,
    });
    const feeds = { x: float32(new Float32Array(2048 * 512), [2048, 512]) };
    await session.step('train', feeds);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    const start = performance.now();
    await session.step('train', feeds);
    const milliseconds = performance.now() - start;
    clearInterval(timer);
    await session.close();
    expect(milliseconds).toBeGreaterThan(50);
    // A thread that computes fires no timer at all; a quarter of the due ticks leaves room for a busy machine.
    expect(ticks).toBeGreaterThan(milliseconds / 2 / 4);
  });
});

describe('a builder', () => {
  it('makes several programs that share the weights', async () => {
    const network = smallNetwork(1);
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 1, 5, 6]);
    const output = network.outputs[0] as Value;
    const evaluated = builder.include(network, { inputs: { x } }).value(output);
    const trained = builder.include(network, { inputs: { x }, training: true }).value(output);
    const loss = expressions.mean(expressions.square(trained), undefined, false);
    const programs = {
      train: builder.trainingProgram(loss),
      evaluate: builder.program({ logits: evaluated }),
    };
    expect([programs.train.masks.length, programs.evaluate.inputs.map(({ name }) => name)]).toEqual([
      1,
      ['x'],
    ]);
    expect(programs.evaluate.graph.nodes.length).toBeLessThan(programs.train.graph.nodes.length / 2);
    const session = await TrainingSession.create({
      programs,
      weights: Object.fromEntries(builder.weights),
      optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
    });
    const feeds = { x: batch(0).x as Tensor };
    const before = await session.run('evaluate', feeds);
    await session.step('train', feeds);
    expect(await session.run('evaluate', feeds)).not.toEqual(before);
    await session.close();
  });

  it('draws no mask for a dropout that the loss does not see, and refuses one without a loss', () => {
    const network = smallNetwork(1);
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 1, 5, 6]);
    const copy = builder.include(network, { inputs: { x }, training: true, name: 'net' });
    const first = copy.value(network.nodes[0]?.outputs[0] as Value);
    const frozen = ['net.norm.*', 'net.conv2.*', 'net.head.*'];
    const loss = expressions.mean(expressions.square(first), undefined, false);
    expect(builder.trainingProgram(loss, {}, frozen).masks).toEqual([]);
    expect(() => builder.program({ logits: copy.value(network.outputs[0] as Value) })).toThrow(
      /training: false/,
    );
  });
});
