import {
  adam,
  crossEntropy,
  expressions,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  TrainingSession,
} from 'onnx-autograd';

const network = new Graph();
const x = network.input('x', ['batch', 2]);
const scores = network.output(expressions.matMul(x, network.initializer(float32([1, 0, 0, 1], [2, 2]), 'w')));
const builder = new ProgramBuilder();
const fed = builder.graph.input('x', ['batch', 2]);
const labels = builder.graph.input('labels', ['batch'], 'int64');
const copy = builder.include(network, { inputs: { x: fed } });
const train = builder.trainingProgram(crossEntropy(copy.value(scores), labels));
const weights = Object.fromEntries(builder.weights);
const session = await TrainingSession.create({ programs: { train }, weights, optimizer: adam() });
const { loss } = await session.step('train', { x: float32([1, 1], [1, 2]), labels: int64([0]) });
console.log(loss.toFixed(4));
await session.close();
