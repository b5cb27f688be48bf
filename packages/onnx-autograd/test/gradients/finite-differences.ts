import { Random } from '../../src/random.js';
import { elementCount, toNumbers } from '../../src/tensor.js';
import { compile } from '../run-graph.js';
import type { Row } from './row.js';
import { drawInputs, drawWeights, feedsOf, forwardGraph, gradientGraph } from './row-graph.js';

/** What the finite differences and the gradient say of one input, a number a direction. */
export interface Comparison {
  readonly input: number;
  readonly measured: readonly number[];
  readonly predicted: readonly number[];
}

/** Elements of an input that are perturbed one by one; if it has more, some are chosen. */
const elementsAtMost = 48;

/**
 * Compares the gradients of a row with central differences of the operator alone: element by element, and along two
 * directions in which all elements move at once.
 */
export async function compareWithFiniteDifferences(row: Row): Promise<Comparison[]> {
  const precision = row.precision ?? 'float64';
  const step = row.step ?? (precision === 'float64' ? 1e-4 : 0.25);
  const values = drawInputs(row);
  for (const list of values.values()) for (const [i, value] of list.entries()) list[i] = Math.fround(value);

  const forward = forwardGraph(row, precision);
  const runForward = await compile(forward.graph);
  const output = async (moved: ReadonlyMap<number, readonly number[]>) => {
    const results = await runForward(feedsOf(row, moved, precision));
    const result = results[forward.y.name];
    if (result === undefined) throw new Error('The output is missing.');
    return result;
  };
  const weights = drawWeights((await output(values)).dims);
  const loss = async (moved: ReadonlyMap<number, readonly number[]>) => {
    const y = toNumbers(await output(moved));
    return y.reduce((total, value, i) => total + value * (weights.data[i] as number), 0);
  };

  const { graph, gradients } = gradientGraph(row);
  const run = await compile(graph);
  const results = await run({ ...feedsOf(row, values, 'float32'), weights });

  const comparisons: Comparison[] = [];
  for (const [input, gradient] of gradients) {
    const tensor = results[gradient.name];
    if (tensor === undefined) throw new Error(`The gradient "${gradient.name}" is missing.`);
    const numbers = toNumbers(tensor);
    const centre = values.get(input) as readonly number[];
    const measured: number[] = [];
    const predicted: number[] = [];
    for (const direction of directions(elementCount(tensor.dims))) {
      const moved = (by: number) =>
        new Map(values).set(
          input,
          centre.map((value, i) => value + by * (direction.get(i) ?? 0)),
        );
      measured.push(((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step));
      predicted.push([...direction].reduce((total, [i, amount]) => total + amount * (numbers[i] ?? 0), 0));
    }
    comparisons.push({ input, measured, predicted });
  }
  return comparisons;
}

/** Single elements, then all of them at once: each a map from element to amount, at most 1. */
function directions(count: number): Map<number, number>[] {
  const random = new Random(3);
  const all = Array.from({ length: count }, (_, i) => i);
  const chosen = count <= elementsAtMost ? all : random.shuffle(all).slice(0, elementsAtMost);
  const dense = () => new Map(all.map((i) => [i, random.uniform() < 0.5 ? -1 : 1]));
  return [...chosen.map((i) => new Map([[i, 1]])), dense(), dense()];
}

/** The Euclidean norm of the difference, relative to that of the measured numbers. */
export function relativeError({ measured, predicted }: Comparison): number {
  const difference = norm(measured.map((value, i) => value - (predicted[i] as number)));
  return difference / norm(measured);
}

export function norm(values: readonly number[]): number {
  return Math.hypot(...values);
}
