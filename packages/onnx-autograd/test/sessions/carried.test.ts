import { describe, expect, it } from 'vitest';
import { add, matMul, mul, square, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { GraphError } from '../../src/errors.js';
import { sgd } from '../../src/optimizers/sgd.js';
import { ProgramBuilder } from '../../src/programs/builder.js';
import { TrainingSession } from '../../src/sessions/node/session.js';
import { float32, int64, toNumbers } from '../../src/tensor.js';

/** One weight w, from 1; the loss is w² x² times what is carried, which doubles and takes 0.5 of w x. */
function program() {
  const network = new Graph('line');
  const input = network.input('x', ['batch', 1]);
  network.output(matMul(input, network.initializer(float32([1], [1, 1]), 'w')));
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 1]);
  const y = builder.include(network, { inputs: { x } }).value(network.outputs[0]!);
  const own = sum(y, [0, 1], false);
  const carried = builder.carry('carried', float32(1), (before) => add(mul(before, 2), mul(own, 0.5)));
  const fixed = builder.graph.apply('Identity', [carried]);
  const loss = mul(sum(square(y), [0, 1], false), fixed);
  const train = builder.trainingProgram(loss, { carried }, [], { constants: new Set([fixed]) });
  return { train, weights: Object.fromEntries(builder.weights) };
}

const start = async () => {
  const { train, weights } = program();
  const optimizer = sgd({ learningRate: 0.01 });
  return TrainingSession.create({ programs: { train }, weights, optimizer, thread: 'inline' });
};
const x = float32([1], [1, 1]);

describe('what steps carry', () => {
  it('is what the step before made of it, and is moved by no gradient', async () => {
    const session = await start();
    let [w, carried] = [1, 1];
    for (let step = 0; step < 4; step++) {
      const { outputs, loss } = await session.step('train', { x });
      carried = 2 * carried + 0.5 * w;
      expect(toNumbers(outputs.carried)[0]).toBeCloseTo(carried, 4);
      expect(loss).toBeCloseTo(w * w * carried, 4);
      w -= 0.01 * 2 * w * carried;
    }
    const weights = await session.weights();
    await session.close();
    expect(toNumbers(weights.w!)[0]).toBeCloseTo(w, 5);
    expect(toNumbers(weights.carried!)[0]).toBeCloseTo(carried, 4);
  });

  it('is in snapshots: a training goes on to the same bits', async () => {
    const [whole, first, second] = [await start(), await start(), await start()];
    for (let step = 0; step < 4; step++) await whole.step('train', { x });
    for (let step = 0; step < 2; step++) await first.step('train', { x });
    await second.restore(await first.snapshot());
    for (let step = 0; step < 2; step++) await second.step('train', { x });
    expect(await second.weights()).toEqual(await whole.weights());
    for (const session of [whole, first, second]) await session.close();
  });

  it('has a name of its own, and one type and shape', () => {
    const builder = new ProgramBuilder();
    builder.carry('one', float32(1), (before) => mul(before, 2));
    const again = () => builder.carry('one', float32(1), (before) => before);
    expect(again).toThrow(GraphError);
    expect(again).toThrow('"one" is held already; carry it under another name.');
    expect(() => builder.carry('two', int64(1), (before) => before)).toThrow(
      '"two" is int64; what steps carry is float32.',
    );
    expect(() => builder.carry('three', float32([1, 2], [2]), (before) => sum(before, [0]))).toThrow(
      '"three" is float32 (2); its next value is float32 (1).',
    );
  });
});
