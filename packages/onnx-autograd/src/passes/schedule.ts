import type { Graph } from '../building/graph.js';
import type { Node, Value } from '../graph/value.js';

/**
 * Puts the nodes of a graph in an order that lets ONNX Runtime forget early. It does not run nodes in the order of the
 * file: it begins with the last node that nobody reads, and walks back from there, at each node first to the input whose
 * node stands last in the file. So what waits for the gradient is put last, and what can be had at any time, such as the
 * mask of a ReLU, as far in front as it can: it is computed when it is needed. Of the results, those of the upper layers
 * are put last, and so come first.
 *
 * @param forward names of the nodes of the forward pass, which stay in their order
 */
export function schedule(graph: Graph, forward: ReadonlySet<string>): void {
  const { nodes } = graph;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const ready = new Map<Value, number>();
  const place = new Map<Node, number>();
  for (const [i, node] of nodes.entries()) {
    const inputs = node.inputs.map((input) => (input && ready.get(input)) ?? 0);
    const at = forward.has(node.name) ? i : Math.max(0, ...inputs);
    place.set(node, at);
    for (const output of node.outputs) ready.set(output, at);
  }
  const isRead = ({ outputs }: Node) => outputs.some((output) => read.has(output));
  const results = nodes.filter((node) => !isRead(node)).reverse();
  const others = nodes.filter(isRead).sort((a, b) => (place.get(a) as number) - (place.get(b) as number));
  graph.reorder([...others, ...results]);
}
