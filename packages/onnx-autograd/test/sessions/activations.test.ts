import {
  adam,
  crossEntropy,
  expressions,
  type Feeds,
  float,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  Random,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';

const random = new Random(5);

function drawn(dims: readonly number[], scale: number) {
  const count = dims.reduce((product, size) => product * size, 1);
  return float32(
    Array.from({ length: count }, () => scale * random.normal()),
    dims,
  );
}

/** 3 to 16 to 32 to 64 channels, each convolution with batch normalization and an activation, as PyTorch exports it. */
function network(activation: (x: Value) => Value): Graph {
  const graph = new Graph('cnn');
  const channels = [3, 16, 32, 64];
  let x = graph.input('x', ['batch', 3, 24, 24]);
  for (const [i, out] of channels.slice(1).entries()) {
    const width = channels[i] as number;
    const filter = graph.initializer(
      drawn([out, width, 3, 3], Math.sqrt(2 / (9 * width))),
      `conv${i}.weight`,
    );
    const filled = (name: string, value: number) =>
      graph.initializer(float32(new Float32Array(out).fill(value), [out]), `norm${i}.${name}`);
    x = graph.apply('Conv', [x, filter], { pads: [1, 1, 1, 1] }, { name: `conv${i}` });
    const norm = [filled('scale', 1), filled('bias', 0), filled('mean', 0), filled('variance', 1)];
    x = activation(graph.apply('BatchNormalization', [x, ...norm]));
  }
  const pooled = expressions.flatten(expressions.globalAveragePool(x));
  graph.output(expressions.matMul(pooled, graph.initializer(drawn([64, 4], 0.1), 'head.weight')));
  return graph;
}

const activations: Readonly<Record<string, (x: Value) => Value>> = {
  LeakyReLU: (x) => x.graph.apply('LeakyRelu', [x], { alpha: float(0.1) }),
  PReLU: (x) => {
    const slope = float32(new Float32Array(x.shape?.[1] as number).fill(0.25), [
      x.shape?.[1] as number,
      1,
      1,
    ]);
    return x.graph.apply('PRelu', [x, x.graph.initializer(slope, 'slope')]);
  },
  ELU: (x) => x.graph.apply('Elu', [x]),
  CELU: (x) => x.graph.apply('Celu', [x], { alpha: float(1.3) }),
  ReLU6: (x) =>
    x.graph.apply('Clip', [x, x.graph.constant(float32(0), 'least'), x.graph.constant(float32(6), 'most')]),
  Hardswish: (x) => x.graph.apply('HardSwish', [x]),
  ReLU: expressions.relu,
};

const feeds: Feeds = { x: drawn([4, 3, 24, 24], 1), labels: int64([0, 1, 2, 3]) };

async function losses(graph: Graph, recompute: boolean): Promise<number[]> {
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 3, 24, 24]);
  const copy = builder.include(graph, { inputs: { x }, training: true });
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const loss = crossEntropy(copy.value(graph.outputs[0] as Value), labels);
  const session = await TrainingSession.create({
    programs: { train: builder.trainingProgram(loss, {}, [], { recompute }) },
    weights: Object.fromEntries(builder.weights),
    optimizer: adam({ learningRate: 0.01 }),
  });
  const found: number[] = [];
  for (let step = 0; step < 6; step++) found.push((await session.step('train', feeds)).loss);
  await session.close();
  return found;
}

describe('a CNN trains on the device that is taken by itself', () => {
  it.each(Object.entries(activations))('with %s', { timeout: 60_000 }, async (_, activation) => {
    const graph = network(activation);
    const found = await losses(graph, false);
    const again = await losses(graph, true);
    expect(found.at(-1)).toBeLessThan((found[0] as number) / 2);
    for (const [step, loss] of found.entries())
      expect(Math.abs(loss / (again[step] as number) - 1)).toBeLessThan(1e-2);
    expect(Math.abs((found[0] as number) - (again[0] as number))).toBeLessThan(1e-5);
  });
});
