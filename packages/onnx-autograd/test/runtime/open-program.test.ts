import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import {
  crossEntropy,
  DeviceUnavailableError,
  expressions,
  float32,
  Graph,
  GraphError,
  int64,
  type OpenProgram,
  openProgram,
  ProgramBuilder,
  type Tensor,
  writeOnnx,
} from '../../src/index.js';

function linear(): Graph {
  const graph = new Graph('linear');
  const x = graph.input('x', ['batch', 2]);
  const w = graph.initializer(float32([1, 2, 3, 4, 5, 6], [2, 3]), 'w');
  graph.output(graph.apply('MatMul', [x, w], {}, { outputs: ['y'] }));
  return graph;
}

const x = float32([1, 0, 1, 1], [2, 2]);
const wanted = [1, 2, 3, 5, 7, 9];

describe.each([
  ['a graph', linear()],
  ['the bytes of a model', writeOnnx(linear())],
])('%s', (_, what) => {
  let open: OpenProgram;
  beforeAll(async () => {
    open = await openProgram(what, { threads: 1 });
  });
  afterAll(() => open.close());

  it('is run as often as one likes, with batches of any size', async () => {
    expect([open.inputs, open.outputs]).toEqual([['x'], ['y']]);
    for (const batch of [2, 1]) {
      const feed = float32(x.data.slice(0, 2 * batch) as Float32Array, [batch, 2]);
      const { y } = await open.run({ x: feed });
      expect(y).toEqual(float32(wanted.slice(0, 3 * batch), [batch, 3]));
    }
  });

  it('refuses feeds that are missing or too many, by name', async () => {
    await expect(open.run({})).rejects.toBeInstanceOf(GraphError);
    await expect(open.run({})).rejects.toThrow(/input "x" is missing/);
    await expect(open.run({ x, z: x })).rejects.toThrow(/no input "z"; inputs are x/);
  });
});

describe('a program', () => {
  function builderWith() {
    const builder = new ProgramBuilder();
    const input = builder.graph.input('x', ['batch', 2]);
    const network = linear();
    return {
      builder,
      input,
      y: builder.include(network, { inputs: { x: input } }).value(network.outputs[0]!),
    };
  }

  it('is run with weights that are given, and its keys are known to the compiler', async () => {
    const { builder, input, y } = builderWith();
    const program = builder.program({ sums: expressions.sum(y, [1], false) }, { inputs: { x: input } });
    const open = await openProgram(program, { weights: { w: float32([1, 1, 1, 0, 0, 1], [2, 3]) } });
    const results = await open.run({ x });
    expectTypeOf(results).toEqualTypeOf<{ sums: Tensor }>();
    expect([...results.sums.data]).toEqual([3, 4]);
    // @ts-expect-error the input is called "x"
    await expect(open.run({ y: x })).rejects.toThrow(GraphError);
    await open.close();
  });

  it('is refused when a weight is missing', async () => {
    const { builder, y } = builderWith();
    await expect(openProgram(builder.program({ y }))).rejects.toThrow(
      /fed the weight "w", which is not among/,
    );
  });

  it('for training is run with masks that a seed draws, and labels are checked', async () => {
    const builder = new ProgramBuilder();
    const input = builder.graph.input('x', ['batch', 2]);
    const network = new Graph('dropping');
    const given = network.input('x', ['batch', 2]);
    const dropped = network.apply('Dropout', [given, network.constant(float32(0.5))]);
    network.output(
      network.apply('MatMul', [dropped, network.initializer(float32([1, 0, 0, 1], [2, 2]), 'own')]),
    );
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const logits = builder
      .include(network, { inputs: { x: input }, training: true })
      .value(network.outputs[0]!);
    const train = builder.trainingProgram(crossEntropy(logits, labels), { logits });
    const weights = Object.fromEntries(builder.weights);
    const ones = float32(new Float32Array(200).fill(1), [100, 2]);
    const drawn = async (seed: number) => {
      const open = await openProgram(train, { weights, seed });
      const { logits: found } = await open.run({ x: ones, labels: int64(new Array(100).fill(1)) });
      await open.close();
      return [...found.data];
    };
    const first = await drawn(1);
    expect(new Set(first)).toEqual(new Set([0, 2]));
    expect(await drawn(1)).toEqual(first);
    expect(await drawn(2)).not.toEqual(first);
    const open = await openProgram(train, { weights });
    await expect(open.run({ x: ones, labels: int64(new Array(100).fill(2)) })).rejects.toThrow(/label 2/);
    await open.close();
  });
});

it('a device that is not here is refused as a session refuses it', async () => {
  await expect(openProgram(linear(), { device: 'dml' })).rejects.toBeInstanceOf(DeviceUnavailableError);
});
