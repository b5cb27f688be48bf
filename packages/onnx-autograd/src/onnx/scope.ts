import type { Graph } from '../building/graph.js';
import { Value } from '../graph/value.js';
import type { Sequence } from './sequences.js';

/** What a name of a file stands for. */
export type Named = Value | Sequence;

export function isValue(named: Named | undefined): named is Value {
  return named instanceof Value;
}

/** How the names of a graph within a node, such as a branch, are told from those around it. */
export interface ScopeOptions {
  /** What the names around it stand for. */
  readonly outer?: Scope;
  /** Put before its names. */
  readonly prefix?: string;
  /** The names in the graph that some of its values are to have. */
  readonly asked?: ReadonlyMap<string, string>;
  /** What stands for a value from outside. */
  readonly adopt?: (value: Value) => Value;
}

/** The names of one graph of a file. A graph within a node sees those around it. */
export class Scope {
  readonly #own = new Map<string, Named>();
  readonly #options: ScopeOptions;

  constructor(
    readonly graph: Graph,
    options: ScopeOptions = {},
  ) {
    this.#options = options;
  }

  /** Whether it is that of the whole graph, whose names are kept. */
  get isWhole(): boolean {
    return this.#options.outer === undefined;
  }

  /** Put before the names of nodes. */
  get prefix(): string {
    return this.#options.prefix ?? '';
  }

  find(name: string): Named | undefined {
    const own = this.#own.get(name);
    if (own !== undefined) return own;
    const found = this.#options.outer?.find(name);
    const { adopt } = this.#options;
    return found !== undefined && adopt !== undefined ? mapValues(found, adopt) : found;
  }

  define(name: string, named: Named): void {
    this.#own.set(name, named);
  }

  /** What a value of the file is called in the graph. */
  nameOf(name: string): string {
    if (this.isWhole || name === '') return name;
    return this.#options.asked?.get(name) ?? this.graph.uniqueName(this.prefix + name);
  }
}

/** The same with other values in it. */
function mapValues(named: Named, change: (value: Value) => Value): Named {
  if (isValue(named)) return change(named);
  return 'elements' in named
    ? { elements: named.elements.map(change) }
    : { ...named, source: change(named.source) };
}
