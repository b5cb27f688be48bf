import { readFileSync } from 'node:fs';
import {
  expressions,
  float32,
  ProgramBuilder,
  readOnnx,
  sgd,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { expect, it } from 'vitest';

const { mean, square, sub } = expressions;
const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/exported-transformer.${name}`, import.meta.url));

// The numbers are those of exported-transformer.py, beside the file.
it('a transformer as PyTorch exports it trains what the module learns, and as there', async () => {
  const { x: numbers, losses, parameters } = JSON.parse(fixture('json').toString());
  const { graph, missing } = readOnnx(fixture('onnx'));
  expect(missing).toEqual([]);
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 1, 8, 8]);
  const copy = builder.include(graph, { inputs: { x }, training: true });
  const scores = copy.value(graph.outputs[0] as Value);
  const train = builder.trainingProgram(mean(square(sub(scores, 0.3)), undefined, false));
  const session = await TrainingSession.create({
    programs: { train },
    weights: Object.fromEntries(builder.weights),
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    thread: 'inline',
  });
  const { weights, left } = session.trains.train;
  expect(weights.toSorted()).toEqual(parameters.toSorted());
  expect(Object.keys(left).toSorted()).toEqual(['deviation', 'mean', 'sines']);
  for (const loss of losses) {
    const found = (await session.step('train', { x: float32(numbers, [4, 1, 8, 8]) })).loss;
    expect(Math.abs(found - loss) / loss).toBeLessThan(3e-5);
  }
  await session.close();
});
