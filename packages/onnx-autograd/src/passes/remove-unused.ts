import { copyGraph, type RewriteNode } from '../building/copy.js';
import { Graph } from '../building/graph.js';

/**
 * The graph without the nodes, initializers and inputs that no output needs. Names of inputs and outputs stay.
 *
 * @param rewrite may write nodes differently.
 */
export function removeUnused(graph: Graph, rewrite?: RewriteNode): Graph {
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
  kept.reserve(graph.outputs.filter(({ producer }) => producer !== undefined).map(({ name }) => name));
  const copy = copyGraph(kept, graph, { inputs: Object.fromEntries(standIns), ...(rewrite && { rewrite }) });
  for (const output of graph.outputs) {
    const made = copy.value(output);
    const named = made.name === output.name;
    kept.output(named ? made : kept.apply('Identity', [made], {}, { outputs: [output.name] }));
  }
  return kept;
}
