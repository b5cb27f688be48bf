import { add, mul, sigmoid, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import type { Node, Value } from '../../src/graph/value.js';
import { Random } from '../../src/random.js';
import { elementCount } from '../../src/tensor.js';
import { tensorOf } from '../gradients/row.js';
import type { Growth } from './move.js';
import { moves } from './moves.js';

export interface RandomGraph {
  readonly graph: Graph;
  /** A scalar that depends on everything in the graph. */
  readonly loss: Value;
  /** Inputs of the graph, all to be differentiated, with the deviation and the mean of their numbers. */
  readonly parameters: ReadonlyMap<Value, { dims: readonly number[]; deviation: number; mean: number }>;
  /** The operators that were drawn. */
  readonly operators: readonly string[];
}

/** The size that stands for the symbolic batch while a graph grows. */
const batch = 2;

/**
 * A graph of connected operators, the same for the same seed: in single precision, or in double with formulas in place of
 * operators that have no such kernels; the batch may be symbolic.
 */
export function growGraph(seed: number, double: boolean): RandomGraph {
  const random = new Random(seed);
  const graph = new Graph(`seed ${seed}`);
  const type = double ? 'float64' : 'float32';
  const symbolic = random.uniform() < 0.5;
  const parameters = new Map<Value, { dims: readonly number[]; deviation: number; mean: number }>();
  const parameter = (dims: readonly number[], deviation = 1, mean = 0) => {
    const value = graph.input(`parameter${parameters.size}`, dims, type);
    parameters.set(value, { dims, deviation, mean });
    return value;
  };
  const sizes = (value: Value) =>
    value.knownShape.map((size) =>
      typeof size === 'number'
        ? size
        : size.split('*').reduce((a, b) => a * (b === 'batch' ? batch : Number(b)), 1),
    );
  const spatial = Array.from({ length: random.integer(1, 2) }, () => random.integer(3, 6));
  const own = [random.integer(1, 4), ...spatial];
  const x = graph.input('x', [symbolic ? 'batch' : batch, ...own], type);
  parameters.set(x, { dims: [batch, ...own], deviation: 1, mean: 0 });

  const made: Value[] = [x];
  const used = new Set<Value>();
  const fits = (small: readonly number[], large: readonly number[]) =>
    small.length <= large.length &&
    small.every((size, i) => size === 1 || size === large[i + large.length - small.length]);
  const growth: Growth = {
    graph,
    random,
    double,
    sizes,
    parameter,
    constant: (numbers, dims) => graph.constant(tensorOf(type, dims, numbers)),
    other: (value) => {
      const other = random.pick(made.filter((one) => fits(sizes(one), sizes(value))));
      used.add(other);
      return other;
    },
  };
  const operators: string[] = [];
  for (let step = random.integer(3, 9); step > 0; step--) {
    // Mostly on with the last value, sometimes back to an earlier one.
    const from = random.uniform() < 0.7 ? (made.at(-1) as Value) : random.pick(made);
    const own = sizes(from);
    const move = random.pick(moves.filter((one) => one.suits(own)));
    const value = move.make(growth, from);
    if (elementCount(sizes(value)) > 600) continue;
    used.add(from);
    operators.push(move.operator);
    made.push(value);
  }
  const leaves = made.filter((value) => !used.has(value) || value === made.at(-1));
  const terms = leaves.map((leaf) => {
    // Bounded below, and not flat where a sum would be (a softmax's is 1).
    const bent = mul(leaf, sigmoid(leaf));
    return sum(
      bent,
      sizes(bent).map((_, axis) => axis),
      false,
    );
  });
  return { graph, loss: terms.reduce((a, b) => add(a, b)), parameters, operators };
}

/** For the report of a failure: a line a node. */
export function describeGraph({ nodes }: Graph): string {
  const line = ({ operator, inputs, outputs, attributes }: Node) =>
    `${outputs.map(String).join(', ')} = ${operator}(${inputs.map((input) => input?.toString() ?? '').join(', ')}) ` +
    JSON.stringify(attributes);
  return nodes.map(line).join('\n');
}
