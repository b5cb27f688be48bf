import { elementsPerSample } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';

/**
 * Cuts the forward pass into segments (checkpointing: Chen and others 2016, arXiv 1604.06174). What crosses a cut is
 * kept; everything else inside a segment is forgotten and computed again. Cuts lie where little crosses them, such as
 * behind a pooling, and so that what is kept and the largest segment together are small.
 *
 * @param path the nodes of the forward pass in their order
 * @param partsOf into how many parts of the batch a segment with this node may be divided; all but the last one are
 */
export function cutIntoSegments(
  path: readonly Node[],
  partsOf: (node: Node) => number = () => 1,
): { segments: Node[][]; kept: Set<Value> } {
  const crossing = crossingValues(path);
  const crossingSize = crossing.map((values) => total([...values]));
  const sizes = path.map((node) => total(node.outputs));
  const parts = path.map(partsOf);
  const all = sizes.reduce((a, b) => a + b, 0);
  let best: { cuts: number[]; cost: number } = { cuts: [], cost: all };
  for (let count = 2; count <= Math.min(path.length, 64); count++) {
    const cuts = cutsOf(sizes, crossingSize, all / count);
    const cost = costOf(cuts, sizes, parts, crossing);
    if (cost < best.cost) best = { cuts, cost };
  }
  const bounds = [0, ...best.cuts, path.length];
  const segments = bounds.slice(1).map((end, i) => path.slice(bounds[i], end));
  return { segments, kept: new Set(best.cuts.flatMap((cut) => [...(crossing[cut] ?? [])])) };
}

/** For each cut between two nodes, before node `i`: the values from before that are read from there on. */
function crossingValues(path: readonly Node[]): Set<Value>[] {
  const made = new Map<Value, number>();
  for (const [i, node] of path.entries()) for (const output of node.outputs) made.set(output, i);
  const lastUse = new Map<Value, number>();
  for (const [i, node] of path.entries()) {
    for (const input of node.inputs) if (input && made.has(input)) lastUse.set(input, i);
  }
  const crossing: Set<Value>[] = Array.from({ length: path.length }, () => new Set());
  for (const [value, last] of lastUse) {
    for (let index = (made.get(value) as number) + 1; index <= last; index++) crossing[index]?.add(value);
  }
  return crossing;
}

/** Fills segments up to a limit; each then ends where least crossed in its second half. */
function cutsOf(sizes: readonly number[], crossing: readonly number[], limit: number): number[] {
  const cuts: number[] = [];
  let start = 0;
  while (start < sizes.length) {
    let end = start;
    let filled = 0;
    while (end < sizes.length && (filled === 0 || filled + (sizes[end] ?? 0) <= limit)) {
      filled += sizes[end] ?? 0;
      end++;
    }
    if (end >= sizes.length) break;
    let cut = end;
    for (let index = end; index > start + (end - start) / 2; index--) {
      if ((crossing[index] ?? 0) < (crossing[cut] ?? 0)) cut = index;
    }
    cuts.push(cut);
    start = cut;
  }
  return cuts;
}

/** What is kept, and what the largest segment takes beside it. */
function costOf(
  cuts: readonly number[],
  sizes: readonly number[],
  parts: readonly number[],
  crossing: readonly Set<Value>[],
): number {
  const bounds = [0, ...cuts, sizes.length];
  const segments = bounds.slice(1).map((end, i) => {
    const divided = end === sizes.length ? 1 : Math.min(...parts.slice(bounds[i], end));
    return sizes.slice(bounds[i], end).reduce((a, b) => a + b, 0) / divided;
  });
  return total([...new Set(cuts.flatMap((cut) => [...(crossing[cut] ?? [])]))]) + Math.max(...segments);
}

function total(values: readonly Value[]): number {
  return values.reduce((sum, { shape }) => sum + elementsPerSample(shape), 0);
}
