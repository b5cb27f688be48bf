import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tanh } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { crossEntropy } from '../../src/building/losses/index.js';
import { adam, adamw } from '../../src/optimizers/adam.js';
import type { OptimizerSettings } from '../../src/optimizers/optimizer.js';
import { type Schedule, scheduleFactor } from '../../src/optimizers/schedule.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { float32, int64 } from '../../src/tensor.js';

interface Reference {
  readonly x: readonly number[];
  readonly labels: readonly number[];
  readonly batches: readonly (readonly [number, number])[];
  readonly weights: Readonly<Record<string, { dims: readonly number[]; data: readonly number[] }>>;
  readonly cases: readonly {
    readonly name: string;
    readonly losses: readonly number[];
    readonly norms: readonly number[];
    readonly rates: readonly number[];
    readonly final: Readonly<Record<string, readonly number[]>>;
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/training-torch.json', import.meta.url), 'utf8'),
) as Reference;

interface Settings {
  readonly optimizer: OptimizerSettings;
  readonly schedule?: Schedule;
  readonly clipNorm?: number;
  readonly clipValue?: number;
}

/** The fixture's cases in our terms. */
const settings: Readonly<Record<string, Settings>> = {
  adam: { optimizer: adam({ learningRate: 0.02 }) },
  'adam with other constants': {
    optimizer: adam({ learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  },
  'adam with weight decay': { optimizer: adam({ learningRate: 0.02, weightDecay: 0.1 }) },
  adamw: { optimizer: adamw({ learningRate: 0.02, weightDecay: 0.1 }) },
  sgd: { optimizer: sgd({ learningRate: 0.1 }) },
  'sgd with weight decay': { optimizer: sgd({ learningRate: 0.1, weightDecay: 0.1 }) },
  'sgd with momentum': { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) },
  'sgd with nesterov momentum': {
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.05 }),
  },
  'adam, clipped': { optimizer: adam({ learningRate: 0.02 }), clipNorm: 0.3 },
  'sgd, clipped': { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), clipNorm: 0.3 },
  'adam, cosine': { optimizer: adam({ learningRate: 0.02 }), schedule: { kind: 'cosine', steps: 20 } },
  'sgd, step': { optimizer: sgd({ learningRate: 0.1 }), schedule: { kind: 'step', every: 6, factor: 0.5 } },
  'adam, clipped by value': { optimizer: adam({ learningRate: 0.02, weightDecay: 0.1 }), clipValue: 0.02 },
  'sgd, clipped both ways': {
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    clipNorm: 0.3,
    clipValue: 0.05,
  },
  'sgd, milestones': {
    optimizer: sgd({ learningRate: 0.1 }),
    schedule: { kind: 'milestones', after: [3, 4, 11], factor: 0.3 },
  },
  'adam, one cycle': {
    optimizer: adam({ learningRate: 0.02 }),
    schedule: { kind: 'one-cycle', steps: 21 },
  },
  'adam, one short cycle': {
    optimizer: adam({ learningRate: 0.02 }),
    schedule: { kind: 'one-cycle', steps: 21, rise: 0.05, first: 0.25 },
  },
  'sgd, plateau': {
    optimizer: sgd({ learningRate: 0.5 }),
    schedule: { kind: 'plateau', factor: 0.5, patience: 1, rest: 1, final: 0.2 },
  },
  'sgd, plateau of what should grow': {
    optimizer: sgd({ learningRate: 0.1 }),
    schedule: { kind: 'plateau', better: 'higher', patience: 3, threshold: 0.1 },
  },
  'adamw, linear': {
    optimizer: adamw({ learningRate: 0.02 }),
    schedule: { kind: 'linear', steps: 20, warmup: 4, final: 0.1 },
  },
};

/** The fixture's network: a layer of 4 with tanh, a layer of 3. */
function programOfReference() {
  const network = new Graph('two layers');
  const weight = (name: string) => {
    const { data, dims } = reference.weights[name] ?? { data: [], dims: [] };
    return network.initializer(float32(data, dims), name);
  };
  const x = network.input('x', ['batch', 5]);
  const hidden = tanh(network.apply('Gemm', [x, weight('w1'), weight('b1')], { transB: 1 }));
  network.output(network.apply('Gemm', [hidden, weight('w2'), weight('b2')], { transB: 1 }));
  const builder = new ProgramBuilder();
  const copy = builder.include(network, { inputs: { x: builder.graph.input('x', ['batch', 5]) } });
  const logits = network.outputs.map((output) => copy.value(output));
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const loss = crossEntropy(logits[0] ?? labels, labels);
  return { train: builder.trainingProgram(loss), weights: Object.fromEntries(builder.weights) };
}

describe('twenty steps equal those of PyTorch (float64), the last short batch of each round too', () => {
  it('in every case of the fixture', () =>
    expect(Object.keys(settings)).toEqual(reference.cases.map(({ name }) => name)));

  it.each(reference.cases.map((wanted) => [wanted.name, wanted] as const))('%s', async (name, wanted) => {
    const { train, weights } = programOfReference();
    const options = settings[name];
    if (options === undefined) throw new Error(`The case "${name}" has no settings here.`);
    const session = await TrainingSession.create({
      programs: { train },
      weights,
      ...options,
      thread: 'inline',
      threads: 1,
    });
    for (const [i, loss] of wanted.losses.entries()) {
      const [begin, end] = reference.batches[i % 3] ?? [0, 0];
      const result = await session.step('train', {
        x: float32(reference.x.slice(5 * begin, 5 * end), [end - begin, 5]),
        labels: int64(reference.labels.slice(begin, end)),
      });
      // Measured: within 2e-6.
      expect(Math.abs(result.loss / loss - 1), `loss ${i + 1}`).toBeLessThan(1e-5);
      expect(Math.abs(result.gradientNorm / (wanted.norms[i] ?? 0) - 1), `norm ${i + 1}`).toBeLessThan(1e-5);
      expect(result.learningRate, `learning rate ${i + 1}`).toBeCloseTo(wanted.rates[i] ?? 0, 12);
      if (options.schedule?.kind === 'plateau') await session.report(loss);
    }
    for (const [weight, { data }] of Object.entries(await session.weights())) {
      const due = wanted.final[weight] ?? [];
      expect(data.length).toBe(due.length);
      const distance = Math.hypot(...due.map((value, i) => value - Number(data[i])));
      expect(distance / Math.hypot(...due), weight).toBeLessThan(1e-5);
    }
    await session.close();
  });
});

describe('rates of single weights', () => {
  /** How far each weight moves in the first step, in which every optimizer's move goes with the rate. */
  async function firstMoves(optimizer: OptimizerSettings) {
    const { train, weights } = programOfReference();
    const session = await TrainingSession.create({
      programs: { train },
      weights,
      optimizer,
      thread: 'inline',
    });
    const feeds = {
      x: float32(reference.x.slice(0, 20), [4, 5]),
      labels: int64(reference.labels.slice(0, 4)),
    };
    await session.step('train', feeds);
    const after = await session.weights();
    await session.close();
    return Object.fromEntries(
      Object.entries(weights).map(([name, { data }]) => [
        name,
        Array.from(data as Float32Array, (value, i) => Number(after[name]?.data[i]) - value),
      ]),
    );
  }

  const optimizers = {
    adam: adam({ learningRate: 0.02, weightDecay: 0.1 }),
    adamw: adamw({ learningRate: 0.02, weightDecay: 0.3 }),
    sgd: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.05 }),
  };

  it.each(Object.entries(optimizers))('%s: by name or pattern, the first that fits', async (_, optimizer) => {
    const full = await firstMoves(optimizer);
    const found = await firstMoves({ ...optimizer, rates: { w1: 0.25, '*1': 0, 'w*': 2 } });
    const factors: Readonly<Record<string, number>> = { w1: 0.25, b1: 0, w2: 2, b2: 1 };
    for (const [name, moves] of Object.entries(full)) {
      expect(Math.max(...moves.map(Math.abs)), name).toBeGreaterThan(1e-4);
      for (const [i, move] of moves.entries())
        expect(found[name]?.[i], name).toBeCloseTo(move * (factors[name] ?? Number.NaN), 6);
    }
  });

  it.each([
    [{ head: 0.1 }, /The pattern "head" of the learning rates fits no weight; weights are w1, b1, w2, b2\./],
    [{ w1: -1 }, /factor of "w1" is -1; it is a number, 0 or more/],
    [{ w1: Number.NaN }, /factor of "w1" is NaN/],
  ])('%o is refused', async (rates, message) => {
    await expect(firstMoves({ ...optimizers.sgd, rates })).rejects.toThrow(message);
  });
});

describe('schedules', () => {
  const factors = (schedule: Schedule, steps: number) =>
    Array.from({ length: steps }, (_, i) => scheduleFactor(schedule, i + 1));

  it('constant', () => expect(factors({ kind: 'constant' }, 3)).toEqual([1, 1, 1]));

  it('any of them warms up', () => {
    const warmed = [
      { kind: 'constant', warmup: 4 },
      { kind: 'plateau', warmup: 4 },
      { kind: 'step', every: 100, factor: 0.5, warmup: 4 },
      { kind: 'milestones', after: [100], factor: 0.5, warmup: 4 },
    ] as const;
    for (const schedule of warmed)
      expect(factors(schedule, 5), schedule.kind).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });

  it('a cycle stays at its end', () => {
    const found = factors({ kind: 'one-cycle', steps: 10, first: 0.5, final: 0.25 }, 14);
    expect(found[0]).toBe(0.5);
    expect(Math.max(...found)).toBeCloseTo(1, 12);
    for (const factor of found.slice(9)) expect(factor).toBeCloseTo(0.25, 12);
  });

  it('a plateau takes no number that is none for better, and others take no reports', async () => {
    const { train, weights } = programOfReference();
    const common = { programs: { train }, weights, optimizer: sgd(), thread: 'inline' } as const;
    const schedule = { kind: 'plateau', patience: 1, factor: 0.5 } as const;
    const session = await TrainingSession.create({ ...common, schedule });
    for (const [value, factor] of [
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 0.5],
      [3, 0.5],
      [3, 0.5],
      [4, 0.25],
    ] as const)
      expect(await session.report(value)).toBe(factor);
    await session.close();
    const other = await TrainingSession.create({ ...common, schedule: { kind: 'cosine', steps: 9 } });
    await expect(other.report(1)).rejects.toThrow(/"cosine" follows the steps, not what is reported/);
    await other.close();
  });

  it('step: times the factor after every so many steps', () =>
    expect(factors({ kind: 'step', every: 2, factor: 0.5 }, 5)).toEqual([1, 1, 0.5, 0.5, 0.25]));

  it('linear: up during the warm-up, then down, and it stays there', () => {
    const found = factors({ kind: 'linear', steps: 6, warmup: 2, final: 0.2 }, 9);
    const wanted = [0.5, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2];
    for (const [i, factor] of wanted.entries()) expect(found[i]).toBeCloseTo(factor, 12);
  });

  it('cosine: half way down half way through, and it stays at the end', () => {
    const found = factors({ kind: 'cosine', steps: 4, final: 0.1 }, 8);
    expect(found[0]).toBe(1);
    expect(found[2]).toBeCloseTo(0.55, 12);
    for (const factor of found.slice(4)) expect(factor).toBeCloseTo(0.1, 12);
  });
});

describe('limits of the gradient', () => {
  it.each([
    [{ clipNorm: 0 }, /clipNorm is 0; it is a number above 0/],
    [{ clipValue: -1 }, /clipValue is -1/],
    [{ clipValue: Number.NaN }, /clipValue is NaN/],
  ])('%o is refused', async (limits, message) => {
    const { train, weights } = programOfReference();
    const options = { programs: { train }, weights, optimizer: sgd(), thread: 'inline', ...limits } as const;
    await expect(TrainingSession.create(options)).rejects.toThrow(message);
  });
});
