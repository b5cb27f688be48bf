// What every project of these tests runs in its page: twenty steps of a network that tells two kinds of stripes apart.
import {
  adam,
  crossEntropy,
  expressions,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  Random,
  TrainingSession,
} from 'onnx-autograd';

function network() {
  const random = new Random(1);
  const graph = new Graph('stripes');
  const drawn = (name, dims) => {
    const count = dims.reduce((product, size) => product * size, 1);
    return graph.initializer(
      float32(
        Float32Array.from({ length: count }, () => 0.3 * random.normal()),
        dims,
      ),
      name,
    );
  };
  const x = graph.input('x', ['batch', 1, 16, 16]);
  const maps = expressions.relu(expressions.conv(x, drawn('filter', [8, 1, 3, 3])));
  graph.output(
    expressions.matMul(expressions.flatten(expressions.globalAveragePool(maps)), drawn('head', [8, 2])),
  );
  return graph;
}

/**
 * Trains, and tells on what, with how many threads, and how the loss fell.
 *
 * @param options of the session, beyond what it needs.
 */
export async function train(options = {}) {
  const stripes = network();
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 1, 16, 16]);
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const copy = builder.include(stripes, { inputs: { x }, training: true });
  const session = await TrainingSession.create({
    programs: { train: builder.trainingProgram(crossEntropy(copy.value(stripes.outputs[0]), labels)) },
    weights: Object.fromEntries(builder.weights),
    optimizer: adam({ learningRate: 0.03 }),
    ...options,
  });
  const pixels = Float32Array.from({ length: 512 }, (_, i) => (i < 256 ? i >> 4 : i) % 2);
  const batch = { x: float32(pixels, [2, 1, 16, 16]), labels: int64([0, 1]) };
  const losses = [];
  for (let step = 0; step < 20; step++) losses.push((await session.step('train', batch)).loss);
  const { device, threads } = session;
  await session.close();
  return { device, threads, losses, isolated: globalThis.crossOriginIsolated };
}

/** The same, with what went wrong in place of what came of it. */
export function trainOrTell(options = {}) {
  return train(options).catch((error) => ({ error: `${error.name}: ${error.message}` }));
}
