import {
  crossEntropy,
  elementCount,
  expressions,
  type Feeds,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  Random,
  type TrainingProgram,
} from 'onnx-autograd';
import { matrixProductSpeed, profileProgram } from 'onnx-autograd/profiling';
import { describe, expect, it } from 'vitest';
import { floatingPointOperations } from '../../src/profiling/arithmetic.js';
import { attributionIn } from '../../src/profiling/attribution.js';
import { readTrace } from '../../src/profiling/trace.js';
import { batch, smallTraining } from '../sessions/training-network.js';

const { conv, flatten, globalAveragePool, relu } = expressions;

/** The operations of a node of these shapes. */
function operations(operator: string, inputs: number[][], output: number[]): number | undefined {
  return floatingPointOperations({
    name: 'node',
    operator,
    milliseconds: 1,
    inputs,
    outputs: [output],
    bytesInUse: 0,
  });
}

describe('floating-point operations', () => {
  it('of convolutions: two for every place, filter and weight of it', () => {
    const [x, filter, y] = [
      [2, 6, 10, 8],
      [4, 6, 3, 3],
      [2, 4, 8, 6],
    ];
    const wanted = 2 * (2 * 4 * 8 * 6) * (6 * 3 * 3);
    expect(operations('Conv', [x, filter], y)).toBe(wanted);
    expect(operations('FusedConv', [x, filter, [4]], y)).toBe(wanted);
    // The same, backward.
    expect(operations('ConvTranspose', [y, filter], x)).toBe(wanted);
    // Two groups: each filter sees half of the channels.
    expect(operations('Conv', [x, [4, 3, 3, 3]], y)).toBe(wanted / 2);
  });

  it('of matrix products, whatever is transposed', () => {
    const wanted = 2 * 5 * 3 * 7;
    for (const a of [
      [5, 7],
      [7, 5],
    ]) {
      for (const b of [
        [7, 3],
        [3, 7],
      ]) {
        expect(operations('Gemm', [a, b], [5, 3])).toBe(wanted);
        expect(operations('FusedMatMul', [[4, ...a], b], [4, 5, 3])).toBe(4 * wanted);
      }
    }
    expect(operations('MatMul', [[7], [7, 3]], [3])).toBe(2 * 7 * 3);
    expect(operations('MatMul', [[4, 5, 7], [7]], [4, 5])).toBe(2 * 4 * 5 * 7);
  });

  it('of nothing else', () => expect(operations('Relu', [[2, 3]], [2, 3])).toBeUndefined());
});

describe('attribution', () => {
  const { train } = smallTraining().programs as { train: TrainingProgram };
  const attribute = attributionIn(train.graph);

  it.each([
    ['Conv', 'Conv', 'Conv', 'forward'],
    ['Conv_2/gradient/input/ConvInputGradient/Conv', 'Conv', 'Conv_2', 'inputGradient'],
    ['Conv_2/gradient/filter/ConvFilterGradient/Concat', 'Concat', 'Conv_2', 'filterGradient'],
    ['Conv_2/gradient/bias/ReduceSum', 'ReduceSum', 'Conv_2', 'otherGradient'],
    ['Relu/gradient/Cast', 'Cast', 'Relu', 'otherGradient'],
    ['Gemm/gradient/filter/FusedMatMul', 'FusedMatMul', 'Gemm', 'filterGradient'],
    // As ONNX Runtime names what it rewrites.
    ['Conv_output_nchwc', 'Conv', 'Conv', 'forward'],
    ['Relu_2_output_nchwc', 'Conv', 'Conv_2', 'forward'],
    ['Relu_output_nchwc_token_12', 'Relu', 'Relu', 'forward'],
    ['Gemm/gradient/input/FusedMatMul/MatMulScaleFusion/', 'FusedMatMul', 'Gemm', 'inputGradient'],
  ])('of %s, %s', (name, operator, layer, phase) =>
    expect(attribute({ name, operator })).toEqual({ layer, phase }),
  );

  it('of nodes that ONNX Runtime adds: none', () => {
    expect(attribute({ name: 'ReorderInput', operator: 'ReorderInput' })).toBeUndefined();
    expect(attribute({ name: 'ReorderOutput_token_3', operator: 'ReorderOutput' })).toBeUndefined();
  });
});

describe('the profile of a step', () => {
  const { programs, weights } = smallTraining();
  const feeds: Feeds = batch(0);
  const size = feeds.x?.dims[0] as number;
  const profile = profileProgram({
    program: programs.train as TrainingProgram,
    weights,
    feeds,
    threads: 1,
    runs: 3,
  });

  it('has a line for each convolution and product of the network, with its arithmetic', async () => {
    const { layers } = await profile;
    const places = size * 5 * 6;
    const wanted = { Conv: 2 * places * 4 * 9, Conv_2: 2 * places * 5 * 4 * 9, Gemm: 2 * size * 5 * 3 };
    const found = layers.map(({ layer, gigaflops }) => [layer, Math.round(gigaflops * 1e9)]);
    expect(Object.fromEntries(found)).toEqual(wanted);
    for (const { layer, gigaflops, forward, inputGradient, filterGradient } of layers) {
      // Nobody asks for the gradient of the samples.
      expect(inputGradient === undefined, layer).toBe(layer === 'Conv');
      for (const phase of [forward, filterGradient, inputGradient ?? forward]) {
        const milliseconds = phase?.milliseconds ?? 0;
        expect(milliseconds, layer).toBeGreaterThan(0);
        expect(phase?.gigaflopsPerSecond, layer).toBeCloseTo((1000 * gigaflops) / milliseconds, 6);
      }
    }
  });

  it('leaves out no node and counts none twice', async () => {
    const { layers, between, operators, nodes, run } = await profile;
    const phases = layers.flatMap(({ forward, inputGradient, filterGradient }) => [
      forward,
      inputGradient,
      filterGradient,
    ]);
    const parts = [...phases.map((phase) => phase?.milliseconds ?? 0), ...Object.values(between)];
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(parts)).toBeCloseTo(nodes, 6);
    expect(sum(operators.map(({ milliseconds }) => milliseconds))).toBeCloseTo(nodes, 6);
    expect(run).toBeGreaterThanOrEqual(nodes);
    const speeds = operators.filter(({ gigaflopsPerSecond }) => gigaflopsPerSecond !== undefined);
    expect(speeds.map(({ operator }) => operator)).toEqual(expect.arrayContaining(['Conv', 'FusedMatMul']));
  });

  it('refuses feeds that do not fit', async () => {
    const wrong = profileProgram({ program: programs.train as TrainingProgram, weights, feeds: {} });
    await expect(wrong).rejects.toThrow('The input "x" is missing');
  });
});

describe('a convolution in another form', () => {
  const random = new Random(1);
  const drawn = (dims: number[]) =>
    float32(
      Float32Array.from({ length: elementCount(dims) }, () => random.normal()),
      dims,
    );
  const network = new Graph('wide');
  const maps = network.input('maps', ['batch', 80, 7, 8]);
  const filters = [drawn([96, 80, 3, 3]), drawn([96, 96, 3, 3])].map((filter, i) =>
    network.initializer(filter, `filter${i}`),
  );
  const convolved = filters.reduce(
    (x, filter) => relu(conv(x, filter, undefined, { pads: [1, 1, 1, 1] })),
    maps,
  );
  const logits = network.output(flatten(globalAveragePool(convolved)));
  const feeds = { x: drawn([3, 80, 7, 8]), labels: int64([1, 0, 2]) };

  function programWith(convolutions: 'fast' | 'direct', recompute = false) {
    const builder = new ProgramBuilder({ convolutions });
    const x = builder.graph.input('x', ['batch', 80, 7, 8]);
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const copy = builder.include(network, { inputs: { maps: x } });
    const program = builder.trainingProgram(crossEntropy(copy.value(logits), labels), {}, [], { recompute });
    return { program, weights: Object.fromEntries(builder.weights) };
  }

  async function arithmeticOf({ program, weights }: ReturnType<typeof programWith>) {
    const { layers } = await profileProgram({ program, weights, feeds, runs: 1 });
    return layers.map(({ layer, gigaflops }) => [layer, Math.round(gigaflops * 1e9)]);
  }

  const wanted = [
    ['Conv', 2 * 3 * 96 * 56 * 80 * 9],
    ['Conv_2', 2 * 3 * 96 * 56 * 96 * 9],
  ];

  it('counts what the direct one takes', async () => {
    const fast = programWith('fast');
    expect(programWith('direct').program.operations).toEqual({});
    expect(fast.program.operations).toMatchObject({ Conv: [2, 80, 3, 3, 'batch', 96, 7, 8] });
    expect(await arithmeticOf(fast)).toEqual(wanted);
  });

  it('counts it also where a part of the batch, however large that is, is computed again', async () => {
    const again = programWith('fast', true);
    expect(JSON.stringify(again.program.operations)).toContain('sliced(batch,');
    expect(await arithmeticOf(again)).toEqual(wanted);
  });
});

it('the speed of a matrix product is that of its arithmetic', async () => {
  const speed = await matrixProductSpeed({ threads: 1, runs: 3 }, 256);
  expect(speed).toBeGreaterThan(0.1);
  expect(speed).toBeLessThan(10_000);
});

it('reads a trace run by run', () => {
  const node = (name: string, ts: number, dur: number) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    ts,
    dur,
    args: { op_name: 'Relu', input_type_shape: [{ float: [2, 3] }], output_type_shape: [{ float: [2, 3] }] },
  });
  const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ts, dur });
  const runs = readTrace(JSON.stringify([node('a', 11, 2), run(10, 5), node('a', 21, 3), run(20, 7)]));
  expect(runs.map(({ milliseconds }) => milliseconds)).toEqual([0.005, 0.007]);
  expect(runs.map(({ nodes }) => nodes.map((n) => [n.name, n.milliseconds]))).toEqual([
    [['a', 0.002]],
    [['a', 0.003]],
  ]);
});

it('of a graphics card goes by its own times; what the processor waits for it is not counted twice', () => {
  const node = (name: string, ts: number, dur: number, operator = 'Conv') => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    ts,
    dur,
    args: { op_name: operator },
  });
  const program = (name: string, ts: number, dur: number) => ({ cat: 'Api', name, ts, dur });
  const [first] = readTrace(
    JSON.stringify([
      { cat: 'Session', name: 'model_run', ts: 100, dur: 1000 },
      node('a', 110, 5),
      node('b', 115, 5),
      // Waits for both, then copies.
      node('out', 120, 900, 'MemcpyToHost'),
      node('on the processor', 1030, 30, 'MatMul'),
      program('a&Conv&Transpose', 130, 200),
      program('a&Conv&Conv', 330, 300),
      program('b&Conv&Conv', 650, 250),
      // Of another run.
      program('a&Conv&Conv', 2000, 300),
    ]),
  );
  expect(first?.isTimedOnCard).toBe(true);
  expect(first?.nodes.map(({ name, milliseconds }) => [name, Math.round(1000 * milliseconds)])).toEqual([
    ['a', 500],
    ['b', 250],
    ['out', 150],
    ['on the processor', 30],
  ]);
});
