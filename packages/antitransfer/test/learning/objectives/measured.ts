import { differentiate, Graph, type Shape, type Value, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';

interface Given {
  /** What the gradient is taken of. */
  readonly x: Float32Array;
  readonly dims: readonly number[];
  /** Fed as int64, by name. */
  readonly labels?: Readonly<Record<string, readonly number[]>>;
}

/**
 * The value of a scalar of the graph, by ONNX Runtime, and its gradient with respect to the first input.
 *
 * @param build given the input, whose first axis is the batch, and the labels
 */
export async function measured(
  { x, dims, labels = {} }: Given,
  build: (x: Value, labels: (name: string) => Value) => Value,
): Promise<{ value: number; gradient: number[] }> {
  const graph = new Graph('measured');
  const shape: Shape = ['clips', ...dims.slice(1)];
  const input = graph.input('x', shape);
  const inputs = new Map(Object.keys(labels).map((name) => [name, graph.input(name, ['clips'], 'int64')]));
  const scalar = build(input, (name) => inputs.get(name)!);
  const gradient = differentiate(graph, scalar, [input]).get(input)!;
  graph.output(scalar);
  graph.output(gradient);
  const session = await InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 3 });
  const fed = Object.entries(labels).map(([name, list]) => [
    name,
    new Tensor('int64', BigInt64Array.from(list, BigInt), [list.length]),
  ]);
  const answers = await session.run({ x: new Tensor('float32', x, dims), ...Object.fromEntries(fed) });
  await session.release();
  const read = (name: string) => Array.from(answers[name]?.data as Float32Array);
  return { value: read(scalar.name)[0] ?? Number.NaN, gradient: read(gradient.name) };
}

/** The gradient of a function of numbers, by central differences. */
export function slopes(x: readonly number[], value: (x: readonly number[]) => number, step = 1e-5): number[] {
  return x.map(
    (centre, i) => (value(x.with(i, centre + step)) - value(x.with(i, centre - step))) / (2 * step),
  );
}

/** A list as rows of a length. */
export function rowsOf(x: readonly number[], length: number): number[][] {
  return Array.from({ length: x.length / length }, (_, row) => x.slice(row * length, (row + 1) * length));
}
