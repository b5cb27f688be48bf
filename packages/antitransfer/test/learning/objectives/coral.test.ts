import { differentiate, Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { covarianceDistance } from '../../../src/learning/objectives/coral.js';

const [clips, n] = [9, 3];
const random = new Random(4);
const features = Float32Array.from({ length: clips * n }, () => random.normal());

/** Written out: over pairs of groups with two clips or more, |C_i - C_j|² / (4 n²). */
function definition(data: readonly number[], labels: readonly number[], groups: number): number {
  const covariances = [...Array(groups).keys()].flatMap((group) => {
    const rows = labels.flatMap((label, clip) =>
      label === group ? [data.slice(clip * n, (clip + 1) * n)] : [],
    );
    if (rows.length < 2) return [];
    const mean = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
    const at = (i: number, j: number) =>
      rows.reduce((sum, row) => sum + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0) / (rows.length - 1);
    return [[...Array(n * n).keys()].map((k) => at(Math.floor(k / n), k % n))];
  });
  const distances = covariances.flatMap((a, i) =>
    covariances.slice(i + 1).map((b) => a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0)),
  );
  if (distances.length === 0) return 0;
  return distances.reduce((a, b) => a + b, 0) / distances.length / (4 * n * n);
}

async function measured(labels: readonly number[], groups: number) {
  const graph = new Graph('coral');
  const x = graph.input('x', ['clips', n]);
  const distance = covarianceDistance(x, graph.input('labels', ['clips'], 'int64'), groups);
  const gradient = differentiate(graph, distance, [x]).get(x)!;
  graph.output(distance);
  graph.output(gradient);
  const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 3 });
  const answers = await session.run({
    x: new Tensor('float32', features, [clips, n]),
    labels: new Tensor('int64', BigInt64Array.from(labels, BigInt), [clips]),
  });
  await session.release();
  const read = (name: string) => Array.from(answers[name]?.data as Float32Array);
  return { distance: read(distance.name)[0] ?? Number.NaN, gradient: read(gradient.name) };
}

describe('the distance of covariances equals its definition in double precision, with its gradient', () => {
  it.each([
    ['two groups', [0, 1, 0, 1, 0, 1, 0, 1, 0], 2],
    ['three groups, one with a single clip', [0, 1, 0, 1, 0, 1, 2, 1, 0], 3],
    ['three groups, one absent', [0, 2, 0, 2, 0, 2, 0, 0, 2], 3],
    ['four groups', [0, 1, 2, 3, 0, 1, 2, 3, 0], 4],
  ])('%s', async (_name, labels, groups) => {
    const data = Array.from(features);
    const { distance, gradient } = await measured(labels, groups);
    expect(Math.abs(distance / definition(data, labels, groups) - 1)).toBeLessThan(1e-5);
    for (const [i, value] of gradient.entries()) {
      const by = (step: number) => definition(data.with(i, data[i]! + step), labels, groups);
      expect(value).toBeCloseTo((by(1e-5) - by(-1e-5)) / 2e-5, 5);
    }
  });

  it('is nothing where there are no two groups to compare', async () => {
    const { distance, gradient } = await measured([0, 0, 0, 0, 0, 0, 0, 0, 1], 2);
    expect(distance).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });
});
