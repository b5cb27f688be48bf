import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const code = `
import { Graph, ProgramBuilder, TrainingSession, adam, crossEntropy, expressions, float32, int64 } from 'onnx-autograd';
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
`;

it('a session with a thread of its own works in a process that was given its code as text', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', code],
    { cwd: fileURLToPath(new URL('..', import.meta.url)) },
  );
  expect(stderr).toBe('');
  expect(stdout).toBe('0.6931\n');
});
