import type { AttributeProto, GraphProto, NodeProto } from '../schema.js';

// Graphs within nodes: branches, and what a loop does at each step.

/** The graphs in the attributes of a node. */
function graphsOf({ attribute = [] }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g }) => g ?? []);
}

/** A graph, and all within its nodes. */
export function everyGraph(graph: GraphProto): GraphProto[] {
  return [graph, ...(graph.node ?? []).flatMap((node) => graphsOf(node).flatMap(everyGraph))];
}

/** How many nodes are in a graph, with those of the graphs within. */
export function nodesIn(graph: GraphProto): number {
  return everyGraph(graph).reduce((count, { node = [] }) => count + node.length, 0);
}

/** The names that a graph gives. */
function namesIn({ input = [], initializer = [], node = [] }: GraphProto): Set<string> {
  const given = [...input, ...initializer].map(({ name }) => name ?? '');
  return new Set([...given, ...node.flatMap(({ output }) => output ?? [])]);
}

/** The names of values around a node that the graphs within it read. */
export function readFromOutside(node: NodeProto): Set<string> {
  return new Set(graphsOf(node).flatMap((graph) => [...freeIn(graph)]));
}

function freeIn(graph: GraphProto): Set<string> {
  const inside = namesIn(graph);
  const nodes = graph.node ?? [];
  const read = [
    ...nodes.flatMap((node) => [...(node.input ?? []), ...readFromOutside(node)]),
    ...(graph.output ?? []).map(({ name }) => name ?? ''),
  ];
  return new Set(read.filter((name) => name !== '' && !inside.has(name)));
}

/**
 * A graph that reads the values around it by other names.
 *
 * @param own the name that a value around it now has.
 * @param attributes those of a node in it, which may be others.
 */
export function renamedOutside(
  graph: GraphProto,
  own: (name: string) => string,
  attributes: (of: readonly AttributeProto[]) => AttributeProto[],
): GraphProto {
  const inside = namesIn(graph);
  const renamed = (name: string) => (name === '' || inside.has(name) ? name : own(name));
  return {
    ...graph,
    output: (graph.output ?? []).map((info) => ({ ...info, name: renamed(info.name ?? '') })),
    node: (graph.node ?? []).map((node) => ({
      ...node,
      input: (node.input ?? []).map(renamed),
      attribute: attributes(node.attribute ?? []).map((attribute) =>
        attribute.g === undefined
          ? attribute
          : { ...attribute, g: renamedOutside(attribute.g, renamed, attributes) },
      ),
    })),
  };
}
