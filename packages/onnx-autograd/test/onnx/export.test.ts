import { readdirSync, readFileSync } from 'node:fs';
import * as web from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { softmax } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { crossEntropy } from '../../src/building/losses/index.js';
import { GraphError } from '../../src/errors.js';
import { exportOnnx, withWeights } from '../../src/onnx/export.js';
import { type OnnxModel, readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { removeUnused } from '../../src/passes/remove-unused.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { findWeights } from '../../src/programs/weights.js';
import { Random } from '../../src/random.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { elementCount, float32, int64, type Tensor, toNumbers } from '../../src/tensor.js';
import { compileOnnx } from '../run-graph.js';

const folder = new URL('../fixtures/networks/', import.meta.url);
const networks = readdirSync(folder).filter((name) => /^[^.]+\.onnx$/.test(name));
const read = (name: string) => readOnnx(readFileSync(new URL(name, folder)));

/** A batch of noise for a network's one input. */
function batchFor({ graph }: OnnxModel, size: number): Tensor {
  const random = new Random(5);
  const dims = graph.inputs[0]!.knownShape.map((axis) => (typeof axis === 'number' ? axis : size));
  return float32(
    Array.from({ length: elementCount(dims) }, () => random.normal()),
    dims,
  );
}

/** Weights after a few steps, and what the network in training says with them (as in evaluation). */
async function trained(model: OnnxModel, x: Tensor, name?: string) {
  const builder = new ProgramBuilder();
  const [input] = model.graph.inputs;
  const given = builder.graph.input('given', input!.knownShape);
  const labels = builder.graph.input('labels', ['batch'], 'int64');
  const inputs = { [input!.name]: given };
  const options = { inputs, ...(name !== undefined && { name }) };
  const [output] = model.graph.outputs;
  const train = builder.trainingProgram(
    crossEntropy(
      builder.include(model.graph, { ...options, training: true, pass: 'train' }).value(output!),
      labels,
    ),
  );
  const evaluated = builder.include(model.graph, { ...options, pass: 'evaluate' });
  const evaluate = builder.program({ scores: evaluated.value(output!) });
  const session = await TrainingSession.create({
    programs: { train, evaluate },
    weights: Object.fromEntries(builder.weights),
    optimizer: sgd({ learningRate: 0.01 }),
    thread: 'inline',
  });
  try {
    for (let step = 0; step < 3; step++) await session.step('train', { given: x, labels: int64([0, 2, 1]) });
    return {
      weights: await session.weights(),
      scores: (await session.run('evaluate', { given: x })).scores!,
    };
  } finally {
    await session.close();
  }
}

const expectClose = (found: Tensor, wanted: Tensor) => {
  expect(found.dims).toEqual(wanted.dims);
  const numbers = toNumbers(wanted);
  const largest = Math.max(...numbers.map(Math.abs));
  for (const [i, value] of toNumbers(found).entries())
    expect(Math.abs(value - (numbers[i] as number))).toBeLessThan(1e-5 * largest);
};

describe('a network that was trained is exported as the file that it was, with new weights', () => {
  it.each(networks)('%s', async (file) => {
    const model = { ...read(file), metadata: { author: 'ünknown' }, description: 'as it was' };
    const x = batchFor(model, 3);
    const { weights, scores } = await trained(model, x);
    const bytes = exportOnnx(model, {
      weights,
      heads: { probabilities: (output) => softmax(output, -1) },
      metadata: { trained: 'yes' },
    });

    const again = readOnnx(bytes);
    expect(again.opset).toBe(17);
    expect(again.metadata).toEqual({ author: 'ünknown', trained: 'yes' });
    expect(again.description).toBe('as it was');
    const names = (graph: Graph) => ({
      name: graph.name,
      inputs: graph.inputs.map(String),
      outputs: graph.outputs.map(String),
      weights: [...findWeights(graph).trainable].map(({ name }) => name).sort(),
      values: [...graph.values.keys()].sort(),
    });
    // Constants that folding left behind are gone.
    const before = names(removeUnused(model.graph));
    const after = names(again.graph);
    expect(after.name).toBe(before.name);
    expect(after.inputs).toEqual(before.inputs);
    expect(after.outputs).toEqual([...before.outputs, again.graph.value('probabilities').toString()]);
    expect(after.weights).toEqual(before.weights);
    expect(before.values.filter((name) => !after.values.includes(name))).toEqual([]);
    for (const name of before.weights) expect(again.graph.value(name).data).toEqual(weights[name]);
    // Not all of them: dead channels do not move.
    const moved = before.weights.filter(
      (name) => String(weights[name]?.data) !== String(model.graph.value(name).data?.data),
    );
    expect(moved.length).toBeGreaterThan(before.weights.length / 2);

    const feeds = { [model.graph.inputs[0]!.name]: x };
    const results = await (await compileOnnx(bytes))(feeds);
    expectClose(results[model.graph.outputs[0]!.name]!, scores);
    const [first = 0, second = 0, third = 0] = toNumbers(results.probabilities!);
    expect(first + second + third).toBeCloseTo(1, 5);

    const session = await web.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
    const inBrowser = await session.run({
      [model.graph.inputs[0]!.name]: new web.Tensor('float32', x.data as Float32Array, x.dims),
    });
    await session.release();
    expect(Object.keys(inBrowser)).toEqual(Object.keys(results));
    for (const [name, { type, dims, data }] of Object.entries(inBrowser))
      expectClose({ type, dims, data } as Tensor, results[name]!);
  });

  it('when it was included under a name', async () => {
    const model = read('tiny_shuffle.onnx');
    const x = batchFor(model, 3);
    const { weights, scores } = await trained(model, x, 'student');
    const bytes = exportOnnx(model, { weights, name: 'student' });
    const results = await (await compileOnnx(bytes))({ [model.graph.inputs[0]!.name]: x });
    expectClose(results[model.graph.outputs[0]!.name]!, scores);
    expect(() => exportOnnx(model, { weights, name: 'teacher' })).toThrow(
      /No weight begins with "teacher\."/,
    );
  });
});

it('a file that does not tell the shapes of its inputs loses no training: it is written as it was', async () => {
  const made = new Graph('open');
  const w = made.initializer(float32([1, 2, 3, 4], [2, 2]), 'w');
  made.output(made.apply('MatMul', [made.input('x', undefined), w], {}, { outputs: ['y'] }));
  const model = readOnnx(writeOnnx(made));
  const bytes = exportOnnx(model, {
    weights: { w: float32([5, 6, 7, 8], [2, 2]) },
    heads: { probabilities: (y) => softmax(y, -1) },
  });
  expect(readOnnx(bytes).graph.inputs.map(({ shape }) => shape)).toEqual([undefined]);
  const results = await (await compileOnnx(bytes))({ x: float32([1, 1], [1, 2]) });
  expect(toNumbers(results.y!)).toEqual([12, 14]);
});

describe('what cannot be exported is an error', () => {
  function graph(): Graph {
    const made = new Graph('small');
    const w = made.initializer(float32([1, 2]), 'w');
    made.constant(float32([3, 4]), 'c');
    made.output(made.apply('Mul', [made.input('x', [2]), w], {}, { outputs: ['y'] }));
    return made;
  }

  it.each([
    ['of another name', { v: float32([1, 2]) }, /no value "v"/],
    ['that is computed', { y: float32([1, 2]) }, /"y" is no weight/],
    ['of another shape', { w: float32([1, 2, 3]) }, /"w" is float32 \(2\); float32 \(3\) was given/],
    ['of another type', { w: int64([1, 2]) }, /int64 \(2\) was given/],
  ] as const)('a weight %s', (_, weights, message) => {
    const replace = () => withWeights(graph(), weights as Record<string, Tensor>);
    expect(replace).toThrow(GraphError);
    expect(replace).toThrow(message);
  });

  it('a head whose name is taken', () => {
    expect(() => exportOnnx({ graph: graph() }, { heads: { y: (x) => x } })).toThrow(/head "y"/);
  });

  it('a graph that breaks the rules of the standard', () => {
    const broken = new Graph('broken');
    broken.input('x', [2]);
    expect(() => exportOnnx({ graph: broken })).toThrow(/The graph "broken" has no output/);
  });

  it('and the graph that was given stays as it is', () => {
    const given = graph();
    const before = writeOnnx(given);
    exportOnnx({ graph: given }, { weights: { w: float32([5, 6]) }, heads: { z: (y) => softmax(y, 0) } });
    expect(writeOnnx(given)).toEqual(before);
  });
});
