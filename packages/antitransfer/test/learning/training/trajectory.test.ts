import { readFileSync } from 'node:fs';
import {
  adam,
  copyGraph,
  crossEntropy,
  expressions,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  type Tensor,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { snapshotTensors } from 'onnx-autograd/internal';
import { describe, expect, it } from 'vitest';
import { type Network, networkOf, tapped } from '../../../src/learning/networks/network.js';
import type { AggregationName } from '../../../src/learning/objectives/aggregations/registry.js';
import {
  type SimilarityName,
  similarityTerm,
} from '../../../src/learning/objectives/similarities/registry.js';
import { relativeDistance } from '../objectives/evaluate.js';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Run {
  readonly name: string;
  readonly sliceEnds: readonly number[];
  readonly aggregation: 'gram' | 'max' | 'mean' | null;
  readonly similarity: 'cos_squared' | 'mse_sigmoid' | null;
  readonly beta: number;
  readonly steps: readonly { readonly crossEntropy: number; readonly antiTransfer: number }[];
  readonly firstGradients: Readonly<Record<string, readonly number[]>>;
  readonly final: Readonly<Record<string, readonly number[]>>;
}

interface Trajectory {
  readonly optimizer: { learningRate: number; beta1: number; beta2: number; epsilon: number };
  readonly input: Numbers;
  readonly labels: readonly number[];
  readonly initial: Readonly<Record<string, Numbers>>;
  readonly orthogonal: Readonly<Record<string, Numbers>>;
  readonly runs: readonly Run[];
}

const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/training_trajectory.json', import.meta.url), 'utf8'),
) as Trajectory;

const aggregationOf = { gram: 'gram-batch', max: 'max', mean: 'mean' } as const satisfies Record<
  string,
  AggregationName
>;
const similarityOf = {
  cos_squared: 'squared-cosine-rows',
  mse_sigmoid: 'negated-sigmoid-mse',
} as const satisfies Record<string, SimilarityName>;

/**
 * The official code names a layer by where a slice of its Sequential ends: the output of the module before. Its modules
 * are conv1, relu, conv2, relu, maximum, conv3, relu, maximum.
 */
const tapOfSliceEnd: Readonly<Record<number, readonly [string, 'before' | 'after']>> = {
  2: ['conv1', 'after'],
  3: ['conv2', 'before'],
  4: ['conv2', 'after'],
  7: ['conv3', 'after'],
};

/** The reference's architecture with the given weights, under the names of the PyTorch modules. */
function networkWith(weights: Readonly<Record<string, Numbers>>): Network {
  const graph = new Graph('reference');
  const weight = (name: string) => {
    const { data, shape } = weights[name] as Numbers;
    return graph.initializer(float32(data, shape), name);
  };
  const convolution = (x: Value, name: string, module: string) => {
    const inputs = [x, weight(`${module}.weight`), weight(`${module}.bias`)];
    return expressions.relu(
      graph.apply('Conv', inputs, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, { name }),
    );
  };
  const halve = (x: Value) => graph.apply('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  let x = graph.input('features', ['batch', ...reference.input.shape.slice(1)]);
  x = convolution(x, 'conv1', 'features.0');
  x = halve(convolution(x, 'conv2', 'features.2'));
  x = halve(convolution(x, 'conv3', 'features.5'));
  x = expressions.flatten(expressions.globalAveragePool(x));
  graph.output(graph.apply('Gemm', [x, weight('head.weight'), weight('head.bias')], { transB: 1 }));
  return networkOf(graph);
}

/** The whole training of a reference run, built and run as a user of the two packages would. */
async function train(run: Run) {
  const [learning, frozen] = [networkWith(reference.initial), networkWith(reference.orthogonal)];
  const { shape } = learning.input;
  const taps = run.sliceEnds.map((end) => tapOfSliceEnd[end] as readonly [string, 'before' | 'after']);
  const term =
    run.aggregation && run.similarity
      ? similarityTerm(aggregationOf[run.aggregation], similarityOf[run.similarity])
      : undefined;

  // What the frozen network says: a program of its own, its weights constants, cut above the highest tap.
  const asking = new ProgramBuilder();
  const tappedFrozen = taps.map(([tap, position]) => tapped(frozen, tap, position));
  const copy = copyGraph(asking.graph, frozen.graph, {
    inputs: { features: asking.graph.input('features', shape) },
    upTo: tappedFrozen,
  });
  const prepared = tappedFrozen.map((value) => term?.prepare(copy.value(value)) as Value);

  const builder = new ProgramBuilder();
  const included = builder.include(learning.graph, {
    inputs: { features: builder.graph.input('features', shape) },
    training: true,
  });
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const entropy = crossEntropy(included.value(learning.logits), labels);
  const penalties = taps.map(([tap, position], i) => {
    const fed = builder.graph.input(`frozen${i}`, (prepared[i] as Value).knownShape);
    return term?.measure(included.value(tapped(learning, tap, position)), fed) as Value;
  });
  const penalty = penalties.length > 0 ? penalties.reduce(expressions.add) : undefined;
  const loss = penalty ? expressions.add(entropy, expressions.mul(penalty, run.beta)) : entropy;
  const outputs: Record<string, Value> = { entropy, ...(penalty && { penalty }) };
  const programs = {
    ...(taps.length > 0 && {
      frozen: asking.program(Object.fromEntries(prepared.map((value, i) => [`frozen${i}`, value]))),
    }),
    train: builder.trainingProgram(loss, outputs),
  };
  const { learningRate, beta1, beta2, epsilon } = reference.optimizer;
  const session = await TrainingSession.create({
    programs,
    weights: Object.fromEntries(builder.weights),
    optimizer: adam({ learningRate, beta1, beta2, epsilon }),
    threads: 1,
  });
  const features = float32(reference.input.data, reference.input.shape);
  const said: Record<string, Tensor> = taps.length > 0 ? await session.run('frozen', { features }) : {};
  const steps: { crossEntropy: number; antiTransfer: number; loss: number; gradientNorm: number }[] = [];
  const moments: Record<string, Tensor>[] = [];
  for (const _ of run.steps) {
    const result = await session.step('train', { features, labels: int64(reference.labels), ...said });
    const number = (name: string) => Number(result.outputs[name]?.data[0] ?? 0);
    steps.push({
      crossEntropy: number('entropy'),
      antiTransfer: number('penalty'),
      loss: result.loss,
      gradientNorm: result.gradientNorm,
    });
    moments.push(snapshotTensors(await session.snapshot()));
  }
  const final = await session.weights();
  await session.close();
  return { steps, final, first: moments[0] ?? {}, frozenNodes: asking.graph.nodes };
}

const numbers = (tensor: Tensor | undefined) => Array.from((tensor as Tensor).data as Float32Array);

/**
 * Float32 beside float64: as a whole each tensor agrees to 1e-6 (measured: 8e-7 at most), and each element to 1e-4 of
 * itself, but for those that are next to nothing beside the largest of their tensor: they are small differences of
 * large numbers, and are held to 1e-6 of that largest.
 */
function expectEqual(actual: readonly number[], wanted: readonly number[], what: string) {
  expect(actual.length, what).toBe(wanted.length);
  expect(relativeDistance(actual, wanted), what).toBeLessThan(2e-6);
  const largest = Math.max(...wanted.map(Math.abs));
  const far = wanted.filter(
    (w, i) => !(Math.abs(w - (actual[i] ?? 0)) <= 1e-4 * Math.abs(w) + 1e-6 * largest),
  );
  expect(far, `elements of ${what} that differ`).toEqual([]);
}

describe('six trainings equal those of the official code', () => {
  it('are all there', () => expect(reference.runs.length).toBe(6));

  it.each(reference.runs.map((run) => [run.name, run] as const))('%s, step by step', async (_name, run) => {
    const { steps, first, final } = await train(run);
    // Measured: losses of all steps within 6e-7 relative.
    for (const [i, wanted] of run.steps.entries()) {
      const { crossEntropy, antiTransfer, loss } = steps[i] ?? { crossEntropy: 0, antiTransfer: 0, loss: 0 };
      expect(Math.abs(crossEntropy / wanted.crossEntropy - 1), `cross-entropy ${i + 1}`).toBeLessThan(2e-6);
      expect(Math.abs(antiTransfer - wanted.antiTransfer), `anti-transfer ${i + 1}`).toBeLessThanOrEqual(
        2e-6 * Math.abs(wanted.antiTransfer),
      );
      expect(loss, `loss ${i + 1}`).toBeCloseTo(crossEntropy + run.beta * antiTransfer, 5);
    }
    // After one step, Adam's running mean is the gradient times (1 - beta1).
    const { beta1 } = reference.optimizer;
    for (const [name, wanted] of Object.entries(run.firstGradients)) {
      const gradient = numbers(first[`mean/${name}`]).map((value) => value / (1 - beta1));
      expectEqual(gradient, wanted, `first gradient of ${name}`);
    }
    const norm = Math.hypot(...Object.values(run.firstGradients).flat());
    expect(Math.abs((steps[0]?.gradientNorm ?? 0) / norm - 1)).toBeLessThan(2e-6);
    expect(Object.keys(final).sort()).toEqual(Object.keys(run.final).sort());
    for (const [name, wanted] of Object.entries(run.final)) {
      expectEqual(numbers(final[name]), wanted, `final ${name}`);
    }
  });

  it.each([
    ['gram-after-relu-of-conv2', 2],
    ['two-layers', 3],
    ['gram-before-relu-of-conv2', 2],
  ])('%s: the frozen network is cut above its highest tap', async (name, convolutions) => {
    const run = reference.runs.find((candidate) => candidate.name === name) as Run;
    const { frozenNodes } = await train({ ...run, steps: run.steps.slice(0, 1) });
    expect(frozenNodes.filter(({ operator }) => operator === 'Conv').length).toBe(convolutions);
    expect(frozenNodes.some(({ operator }) => operator === 'Gemm')).toBe(false);
    if (name.includes('before'))
      expect(frozenNodes.filter(({ operator }) => operator === 'Relu').length).toBe(1);
  });
});
