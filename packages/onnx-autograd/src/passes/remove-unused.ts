import { copyGraph } from '../graph/copy.js';
import { Graph } from '../graph/graph.js';

/** The graph without the nodes, initializers and inputs that no output needs. Names stay. */
export function removeUnused(graph: Graph): Graph {
  const kept = new Graph(graph.name);
  const used = new Set(graph.outputs);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    for (const input of node.inputs) if (input) used.add(input);
  }
  const inputs = graph.inputs.filter((input) => used.has(input));
  const standIns = inputs.map(
    (input) => [input.name, kept.input(input.name, input.shape, input.type)] as const,
  );
  const copy = copyGraph(kept, graph, { inputs: Object.fromEntries(standIns) });
  for (const output of graph.outputs) kept.output(copy.value(output));
  return kept;
}
