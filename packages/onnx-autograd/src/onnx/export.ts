import { copyGraph } from '../building/copy.js';
import { Graph } from '../building/graph.js';
import { GraphError } from '../errors.js';
import { describeShape } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import type { Tensor } from '../tensor.js';
import { checkAllButShapes } from './check.js';
import type { OnnxModel } from './read.js';
import { writeOnnx } from './write.js';

/** What is exported beside, or instead of, what the model has. */
export interface ExportOptions {
  /** New numbers by the names of the initializers, as `TrainingSession.weights()` returns them; the rest stay. */
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** The `name` under which the network was included in the program: `weights` are then those that begin with it. */
  readonly name?: string;
  /** More outputs by name, each a formula of the network's first output. */
  readonly heads?: Readonly<Record<string, (output: Value) => Value>>;
  /** Added to the metadata that the file had. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Instead of the description that the file had. */
  readonly description?: string;
}

/**
 * A model with the weights that were trained, as the bytes of an `.onnx` file: names, inputs, outputs, metadata and
 * description stay; opset 17, which the graph in memory is in, is what the file says. The graph is checked first.
 *
 * ```ts
 * const model = readOnnx(await readFile('network.onnx'));
 * // ... a training of model.graph ...
 * const bytes = exportOnnx(model, {
 *   weights: await session.weights(),
 *   heads: { probabilities: (scores) => expressions.softmax(scores, -1) },
 * });
 * ```
 *
 * @param model what {@link readOnnx} returned, or `{ graph }` of a graph that was built.
 * @throws GraphError when weights do not fit the graph, or the result breaks a rule of {@link checkGraph}; inputs and
 *   outputs whose shape the file did not tell stay so.
 */
export function exportOnnx(
  model: Pick<OnnxModel, 'graph'> & Partial<OnnxModel>,
  options: ExportOptions = {},
): Uint8Array {
  const graph = withWeights(model.graph, ownWeights(options));
  const [first] = graph.outputs;
  for (const [name, head] of Object.entries(options.heads ?? {})) {
    if (first === undefined)
      throw new GraphError(`The graph "${graph.name}" has no output for the head "${name}".`);
    if (graph.values.has(name))
      throw new GraphError(`The head "${name}" has the name of a value of the graph.`);
    graph.output(graph.apply('Identity', [head(first)], {}, { name, outputs: [name] }));
  }
  // A file that was opened without the shapes of its inputs is one that others open, too.
  checkAllButShapes(graph);
  return writeOnnx(graph, {
    metadata: { ...model.metadata, ...options.metadata },
    description: options.description ?? model.description ?? '',
  });
}

function ownWeights({ weights = {}, name }: ExportOptions): Readonly<Record<string, Tensor>> {
  if (name === undefined) return weights;
  const own = Object.entries(weights).filter(([weight]) => weight.startsWith(`${name}.`));
  if (own.length === 0) throw new GraphError(`No weight begins with "${name}.".`);
  return Object.fromEntries(own.map(([weight, tensor]) => [weight.slice(name.length + 1), tensor]));
}

/**
 * A copy of a graph with other numbers in some of its initializers; everything else, names included, is the same.
 *
 * @throws GraphError when there is no initializer of a name, or its type or shape is another.
 */
export function withWeights(graph: Graph, weights: Readonly<Record<string, Tensor>>): Graph {
  for (const [name, { type, dims }] of Object.entries(weights)) {
    const own = graph.value(name);
    if (own.data === undefined) throw new GraphError(`"${name}" is no weight: the graph computes it.`);
    if (own.type !== type || String(own.shape) !== String(dims)) {
      throw new GraphError(
        `The weight "${name}" is ${own.type} ${describeShape(own.shape)}; ${type} ${describeShape(dims)} was given.`,
      );
    }
  }
  const copy = new Graph(graph.name);
  const inputs = graph.inputs.map(({ name, shape, type }) => [name, copy.input(name, shape, type)] as const);
  const { value } = copyGraph(copy, graph, {
    inputs: Object.fromEntries(inputs),
    initializer: (source) => {
      const tensor = weights[source.name];
      if (tensor === undefined) return undefined;
      const { name, constant, role } = source;
      return constant ? copy.constant(tensor, name) : copy.initializer(tensor, name, role);
    },
  });
  for (const output of graph.outputs) copy.output(value(output));
  return copy;
}
