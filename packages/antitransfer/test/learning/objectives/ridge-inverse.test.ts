import { Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { ridgeInverse } from '../../../src/learning/objectives/ridge-inverse.js';

/** Correlations of `n` channels that are mixtures of `rank` sources: `n - rank` directions have no variance. */
function correlationsOf(n: number, rank: number): Float32Array {
  const random = new Random(n + rank);
  const rows = Array.from({ length: n }, () => {
    const row = Array.from({ length: rank }, () => random.normal());
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  return Float32Array.from(
    rows.flatMap((a) => rows.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0))),
  );
}

it.each([
  [1, 1],
  [12, 12],
  [64, 1],
  [64, 8],
  [256, 20],
])('of %d channels of rank %d: times the matrix it is the identity', async (n, rank) => {
  const ridge = 0.01;
  const graph = new Graph('inverse');
  graph.output(ridgeInverse(graph.input('matrix', [n, n]), n, ridge));
  const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 3 });
  const matrix = correlationsOf(n, rank);
  const [name] = session.outputNames;
  const answer = await session.run({ matrix: new Tensor('float32', matrix, [n, n]) });
  await session.release();
  const inverse = answer[name!]!.data as Float32Array;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = ridge * inverse[i * n + j]!;
      for (let k = 0; k < n; k++) product += matrix[i * n + k]! * inverse[k * n + j]!;
      worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
    }
  }
  expect(worst).toBeLessThan(5e-3);
});
