import { describe, expect, it } from 'vitest';
import {
  expressions,
  float32,
  Graph,
  GraphError,
  ProgramBuilder,
  sgd,
  TrainingSession,
} from '../../src/index.js';

function builderWith() {
  const network = new Graph('network');
  const given = network.input('x', ['batch', 2]);
  network.output(network.apply('MatMul', [given, network.initializer(float32([1, 2], [2, 1]), 'w')]));
  const builder = new ProgramBuilder();
  const x = builder.graph.input('x', ['batch', 2]);
  const wanted = builder.graph.input('wanted', ['batch', 1]);
  const y = builder.include(network, { inputs: { x } }).value(network.outputs[0]!);
  const loss = expressions.mean(expressions.square(expressions.sub(y, wanted)), undefined, false);
  return { builder, x, wanted, y, loss };
}

describe('the inputs that a program is said to have', () => {
  it('are those that it is fed', async () => {
    const { builder, x, wanted, y, loss } = builderWith();
    const train = builder.trainingProgram(loss, { y }, [], { inputs: { x, wanted } });
    const predict = builder.program({ y }, { inputs: { x } });
    expect(predict.inputs.map(({ name }) => name)).toEqual(['x']);
    const session = await TrainingSession.create({
      programs: { train, predict },
      weights: Object.fromEntries(builder.weights),
      optimizer: sgd({ learningRate: 0.1 }),
      thread: 'inline',
    });
    const batch = float32([1, 1], [1, 2]);
    const { outputs } = await session.step('train', { x: batch, wanted: float32([0], [1, 1]) });
    expect([...outputs.y.data]).toEqual([3]);
    const after = await session.run('predict', { x: batch });
    expect(after.y.data[0]).toBeCloseTo(3 - 0.1 * 2 * 3 * 2, 5);
    await session.close();
  });

  it('are refused when one is missing', () => {
    const { builder, x, loss } = builderWith();
    const make = () => builder.trainingProgram(loss, {}, [], { inputs: { x } });
    expect(make).toThrow(GraphError);
    expect(make).toThrow(/also needs the input "wanted"/);
  });

  it('are refused when one is not needed', () => {
    const { builder, x, wanted, y } = builderWith();
    expect(() => builder.program({ y }, { inputs: { x, wanted } })).toThrow(
      /does not need the input "wanted"/,
    );
  });

  it('are refused under another name', () => {
    const { builder, x, y } = builderWith();
    expect(() => builder.program({ y }, { inputs: { features: x } })).toThrow(
      /"x" is declared as "features"/,
    );
  });
});
