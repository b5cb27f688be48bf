import type { Attributes } from '../../src/graph/attributes.js';
import type { Operator } from '../../src/operators/catalogue.js';
import type { Random } from '../../src/random.js';
import { arrayTypes, type ElementType, elementCount, type Tensor } from '../../src/tensor.js';

/** An input whose values are drawn anew for each test. */
export interface DrawnInput {
  readonly dims: readonly number[];
  draw(count: number, random: Random): number[];
}

/** One case of an operator: the rows are data, one test runs them all. */
export interface Row {
  readonly operator: Operator;
  /** What is particular about this row. */
  readonly name: string;
  /** Drawn inputs are fed, tensors are constants of the graph, `undefined` is an absent optional input. */
  readonly inputs: readonly (DrawnInput | Tensor | undefined)[];
  readonly attributes?: Attributes;
  readonly outputCount?: number;
  /** Of which output a loss is made; the first when absent. */
  readonly output?: number;
  /** The inputs that are differentiated; all drawn inputs when absent. */
  readonly differentiated?: readonly number[];
  /** The inputs whose first axis is a batch, to be tested with a symbolic size too. */
  readonly batched?: readonly number[];
  /**
   * `float64` (default) perturbs a graph in double precision by 1e-4. ONNX Runtime's CPU has no double kernel for some
   * operators; those are piecewise linear in each input, so a large step in single precision is exact.
   */
  readonly precision?: 'float32' | 'float64';
  /** Half the distance of the two perturbed values. */
  readonly step?: number;
  /** Norm of the difference relative to the norm of the finite differences. */
  readonly tolerance?: number;
}

/** Numbers from `low` to `high`, none nearer than 0.1 to a kink. */
export function uniform(
  dims: readonly number[],
  low = -1,
  high = 1,
  kinks: readonly number[] = [],
): DrawnInput {
  const one = (random: Random): number => {
    const value = low + (high - low) * random.uniform();
    return kinks.some((kink) => Math.abs(value - kink) < 0.1) ? one(random) : value;
  };
  return { dims, draw: (count, random) => Array.from({ length: count }, () => one(random)) };
}

/** Numbers in random order, each at least 0.05 from every other: no ties where the largest is chosen. */
export function distinct(dims: readonly number[]): DrawnInput {
  return {
    dims,
    draw: (count, random) =>
      random.shuffle(Array.from({ length: count }, (_, i) => (i - count / 2 + 0.3) * 0.05)),
  };
}

export function isTensor(input: DrawnInput | Tensor): input is Tensor {
  return 'data' in input;
}

/** Plain numbers as a tensor of an element type. */
export function tensorOf(type: ElementType, dims: readonly number[], values: readonly number[]): Tensor {
  const data = new arrayTypes[type](elementCount(dims));
  for (const [i, value] of values.entries()) data[i] = type.endsWith('int64') ? BigInt(value) : value;
  return { type, dims, data };
}

export function describeRow(row: Row): string {
  return `${row.operator}: ${row.name}`;
}
