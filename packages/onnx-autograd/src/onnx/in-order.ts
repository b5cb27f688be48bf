import { readFromOutside } from './control-flow/subgraphs.js';
import type { NodeProto } from './schema.js';

/**
 * Nodes of a file, each behind those that compute its inputs. The standard wants it so; ONNX Runtime opens others, too, and tools that
 * edit files write them. What is in order stays as it is. Nodes that go in a circle stay where the circle was entered: whoever reads
 * them finds an input that nothing has computed. What the graphs within a node read from outside is needed by it, too.
 */
export function inOrder<T extends { readonly node: NodeProto }>(nodes: readonly T[]): T[] {
  const makers = new Map(
    nodes.flatMap(({ node }, index) => (node.output ?? []).map((output) => [output, index] as const)),
  );
  // An input that is left out has no name, and so have outputs.
  makers.delete('');
  const seen = new Set<number>();
  const ordered: T[] = [];
  const enter = (index: number) => {
    seen.add(index);
    const { node } = nodes[index] as T;
    return { index, inputs: [...(node.input ?? []), ...readFromOutside(node)].values() };
  };
  for (const start of nodes.keys()) {
    if (seen.has(start)) continue;
    // No recursion: a chain of nodes that is written from behind is as deep as it is long.
    const path = [enter(start)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { value: input, done } = at.inputs.next();
      if (done) {
        ordered.push(nodes[at.index] as T);
        path.pop();
        continue;
      }
      const maker = makers.get(input);
      if (maker !== undefined && !seen.has(maker)) path.push(enter(maker));
    }
  }
  return ordered;
}
