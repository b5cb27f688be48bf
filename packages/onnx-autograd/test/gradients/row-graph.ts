import { differentiate } from '../../src/backward/differentiate.js';
import { cast, mul, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import type { Shape } from '../../src/graph/shape.js';
import type { Value } from '../../src/graph/value.js';
import { Random } from '../../src/random.js';
import { elementCount, type Tensor, toNumbers } from '../../src/tensor.js';
import { describeRow, isTensor, type Row, tensorOf } from './row.js';
import { rows } from './rows/index.js';

/** The row with another size of its batch. */
export function withBatch(row: Row, batch: number): Row {
  const inputs = row.inputs.map((input, i) =>
    input && row.batched?.includes(i) ? { ...input, dims: [batch, ...input.dims.slice(1)] } : input,
  );
  return { ...row, inputs };
}

/** The positions of the inputs that are fed. */
export function drawnPositions(row: Row): number[] {
  return row.inputs.flatMap((input, i) => (input && !isTensor(input) ? [i] : []));
}

/** Values for the row's inputs, the same each time. */
export function drawInputs(row: Row): Map<number, number[]> {
  const random = new Random(1).fork(describeRow(row));
  return new Map(
    row.inputs.flatMap((input, i) =>
      input && !isTensor(input) ? [[i, input.draw(elementCount(input.dims), random)] as const] : [],
    ),
  );
}

export interface RowGraph {
  readonly graph: Graph;
  readonly inputs: readonly (Value | undefined)[];
  readonly y: Value;
}

/** The operator alone, in single or double precision, with a symbolic batch if wanted. */
export function forwardGraph(row: Row, type: 'float32' | 'float64', symbolic = false): RowGraph {
  const graph = new Graph('row');
  const constant = (tensor: Tensor) =>
    tensor.type === 'float32' ? tensorOf(type, tensor.dims, toNumbers(tensor)) : tensor;
  const inputs = row.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    if (isTensor(input)) return graph.initializer(constant(input));
    const dims: Shape = symbolic && row.batched?.includes(i) ? ['batch', ...input.dims.slice(1)] : input.dims;
    return graph.input(`x${i}`, dims, type);
  });
  const [, domain, operator] = /^(?:(.*)\.)?(.*)$/.exec(row.operator) as unknown as [string, string, string];
  const options = { domain, outputCount: row.outputCount ?? 1 };
  const y = graph.applyAll(operator, inputs, row.attributes, options)[row.output ?? 0];
  return { graph, inputs, y: graph.output(y as Value) };
}

/** The operator, the loss `sum(y * weights)`, and the gradients of the row's inputs as outputs `d0`, `d1` … */
export function gradientGraph(row: Row, symbolic = false): RowGraph & { gradients: Map<number, Value> } {
  const made = forwardGraph(row, 'float32', symbolic);
  const { graph, inputs, y } = made;
  const single = y.type === 'float32' ? y : cast(y, 'float32');
  const weighted = mul(single, graph.input('weights', y.knownShape));
  const loss =
    y.rank === 0
      ? weighted
      : sum(
          weighted,
          y.knownShape.map((_, axis) => axis),
          false,
        );
  const positions = row.differentiated ?? drawnPositions(row);
  const found = differentiate(
    graph,
    loss,
    positions.map((i) => inputs[i] as Value),
  );
  const gradients = new Map(positions.map((i) => [i, found.get(inputs[i] as Value) as Value]));
  for (const gradient of gradients.values()) graph.output(gradient);
  return { ...made, gradients };
}

/** Tensors to feed to the graph of a row. */
export function feedsOf(
  row: Row,
  values: ReadonlyMap<number, readonly number[]>,
  type: 'float32' | 'float64',
): Record<string, Tensor> {
  return Object.fromEntries(
    drawnPositions(row).map((i) => {
      const dims = (row.inputs[i] as { dims: readonly number[] }).dims;
      return [`x${i}`, tensorOf(type, dims, values.get(i) as number[])];
    }),
  );
}

/** The weights of the loss, the same each time. */
export function drawWeights(dims: readonly number[]): Tensor {
  const random = new Random(2);
  return tensorOf(
    'float32',
    dims,
    Array.from({ length: elementCount(dims) }, () => Math.fround(2 * random.uniform() - 1)),
  );
}

/** The graphs with gradients of all rows, one a row: what the library writes. */
export function rowModels(): { readonly name: string; readonly graph: Graph }[] {
  return rows.map((row) => ({ name: describeRow(row), graph: gradientGraph(row).graph }));
}
