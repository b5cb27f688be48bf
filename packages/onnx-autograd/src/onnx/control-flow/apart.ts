import { Graph } from '../../building/graph.js';
import type { Shape } from '../../graph/shape.js';
import type { Value } from '../../graph/value.js';
import { heldAtMost } from '../../shapes/rule.js';
import type { Reading } from '../reading.js';
import { Scope } from '../scope.js';

/** A reading into a graph of its own, beside the one that is being read. */
export interface Apart {
  readonly reading: Reading;
  /** What stands in it for values of the graph around it. */
  readonly standIns: ReadonlyMap<Value, Value>;
}

/**
 * Begins a graph of its own that sees what is around it: small constants are its own, all else are inputs of it.
 *
 * @param isKept whether it is more than a trial: then floating-point numbers that others read, too, are inputs, as they may
 *   be trained.
 */
export function apart(around: Reading, name: string, isKept: boolean): Apart {
  const graph = new Graph(name);
  const standIns = new Map<Value, Value>();
  const adopt = (value: Value, isOfBody = false): Value => {
    if (value.graph === graph) return value;
    const outer = around.adopt(value, isOfBody);
    const known = standIns.get(outer);
    if (known !== undefined) return known;
    const { data, shape, type } = outer;
    const isFixed = !type.startsWith('float') || (outer.constant && (isOfBody || !isKept));
    const isOwn = data && data.data.length <= heldAtMost && isFixed;
    const made = isOwn ? graph.constant(data, outer.name) : graph.input(outer.name, sizesWithin(shape), type);
    standIns.set(outer, made);
    return made;
  };
  const scope = new Scope(graph, { outer: around.scope, adopt });
  const home = around.home ?? around;
  return { reading: { ...around, graph, scope, adopt, home, written: { ...around.written } }, standIns };
}

/** A size that the graph around it has numbered is none that a graph of its own numbers. */
export function sizesWithin(shape: Shape | undefined): Shape | undefined {
  return shape?.map((size) => (typeof size === 'string' ? size.replaceAll('size#', 'size#outer') : size));
}

/** What a size in a graph of its own is called in the one around it; `undefined` where it has numbered it itself. */
export function sizeAround(size: string): string | undefined {
  return /size#\d/.test(size) ? undefined : size.replaceAll('size#outer', 'size#');
}
