import {
  adam,
  crossEntropy,
  type EngineOptions,
  expressions,
  type Feeds,
  float,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  Random,
  type SessionOptions,
  type Snapshot,
  type StepResult,
  type Tensor,
  TrainingSession,
  type Value,
} from 'onnx-autograd';

/** Normally distributed numbers. */
function drawn(dims: readonly number[], random: Random, scale = 1): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return float32(
    Array.from({ length: count }, () => scale * random.normal()),
    dims,
  );
}

/** Convolution, batch normalization, ReLU, convolution, ReLU, dropout, and a layer of 3: all that has a state. */
export function smallNetwork(seed: number, channels = 4): Graph {
  const random = new Random(seed);
  const graph = new Graph('small');
  const weight = (name: string, dims: readonly number[]) => graph.initializer(drawn(dims, random, 0.3), name);
  const filled = (name: string, value: number) =>
    graph.initializer(float32(new Float32Array(channels).fill(value), [channels]), name);
  const padded = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  let x = graph.input('x', ['batch', 1, 5, 6]);
  x = graph.apply(
    'Conv',
    [x, weight('conv1.weight', [channels, 1, 3, 3]), weight('conv1.bias', [channels])],
    padded,
  );
  const statistics = [filled('norm.mean', 0), filled('norm.variance', 1)];
  x = graph.apply('BatchNormalization', [x, filled('norm.scale', 1), filled('norm.bias', 0), ...statistics], {
    epsilon: float(1e-5),
    momentum: float(0.9),
  });
  x = expressions.relu(x);
  x = graph.apply(
    'Conv',
    [x, weight('conv2.weight', [5, channels, 3, 3]), weight('conv2.bias', [5])],
    padded,
  );
  x = expressions.flatten(expressions.globalAveragePool(expressions.relu(x)));
  x = graph.apply('Dropout', [x, graph.initializer(float32(0.25), 'ratio')]);
  graph.output(
    graph.apply('Gemm', [x, weight('head.weight', [3, 5]), weight('head.bias', [3])], { transB: 1 }),
  );
  return graph;
}

/** A training of the small network: a program `train`, and `evaluate` that returns its logits. */
export function smallTraining(
  options: Partial<EngineOptions> & {
    frozen?: readonly string[];
    weightSeed?: number;
    channels?: number;
  } = {},
): EngineOptions {
  const { frozen = [], weightSeed = 1, channels, ...rest } = options;
  const network = smallNetwork(weightSeed, channels);
  const include = (training: boolean) => {
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 1, 5, 6]);
    const copy = builder.include(network, { inputs: { x }, training });
    return { builder, logits: copy.value(network.outputs[0] as Value) };
  };
  const { builder, logits } = include(true);
  const loss = crossEntropy(logits, builder.graph.input('labels', ['batch'], 'int64'));
  const evaluation = include(false);
  return {
    programs: {
      train: builder.trainingProgram(loss, { logits }, frozen),
      evaluate: evaluation.builder.program({ logits: evaluation.logits }),
    },
    weights: Object.fromEntries(builder.weights),
    optimizer: adam({ learningRate: 0.01 }),
    threads: 1,
    ...rest,
  };
}

/** A batch for the small training; every third is short. */
export function batch(step: number): Feeds {
  const random = new Random(1000 + step);
  const size = step % 3 === 2 ? 3 : 8;
  return {
    x: drawn([size, 1, 5, 6], random),
    labels: int64(Array.from({ length: size }, () => random.integer(0, 2))),
  };
}

/** Trains for some steps from the start, and closes the session. */
export async function train(
  options: SessionOptions,
  count = 5,
): Promise<{ results: StepResult[]; end: Snapshot }> {
  const session = await TrainingSession.create(options);
  const results: StepResult[] = [];
  for (let step = 0; step < count; step++) results.push(await session.step('train', batch(step)));
  const end = await session.snapshot();
  await session.close();
  return { results, end };
}

/** A graph that ONNX Runtime does not compile. */
export function unknownOperator(): Graph {
  const graph = new Graph('unknown');
  const x = graph.input('x', [1]);
  graph.output(graph.apply('NoSuchOperator', [x], {}, { like: x }));
  return graph;
}
