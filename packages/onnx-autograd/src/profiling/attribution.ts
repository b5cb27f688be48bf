import type { Graph } from '../building/graph.js';
import type { Node, Value } from '../graph/value.js';
import { isProduct } from './arithmetic.js';
import type { ExecutedNode } from './trace.js';

/** The part of a training step that a node belongs to. */
export type Phase = 'forward' | 'inputGradient' | 'filterGradient' | 'otherGradient' | 'recomputed';

export interface Attribution {
  /** The node of the forward pass. */
  readonly layer: string;
  readonly phase: Phase;
}

/** Tells of a node that ran where it comes from; `undefined` when nothing tells. */
export type Attribute = (node: Pick<ExecutedNode, 'name' | 'operator'>) => Attribution | undefined;

const forward = '/forward/';
const gradient = '/gradient/';

/**
 * Backward nodes carry their forward node's name: `conv1/gradient/filter/FusedMatMul`. ONNX Runtime keeps names when it
 * fuses, or makes new ones from those of nodes and values by appending to them; nodes of its own, such as those that
 * rearrange memory, say nothing.
 */
export function attributionIn(graph: Graph): Attribute {
  const owners = new Map<string, Owner>(graph.initializers.map((value) => [value.name, value]));
  for (const node of graph.nodes) for (const output of node.outputs) owners.set(output.name, node);
  for (const node of graph.nodes) owners.set(node.name, node);
  return ({ name, operator }) => {
    let known = name;
    while (!owners.has(known)) {
      const end = Math.max(known.lastIndexOf('_'), known.lastIndexOf('/'));
      if (end <= 0) return undefined;
      known = known.slice(0, end);
    }
    const owner = owners.get(known) as Owner;
    return attributionOf((isProduct(operator) ? productIn(owner) : owner).name);
  };
}

/** What ONNX Runtime names things after: a node, or a value that none computes. */
type Owner = Node | Pick<Value, 'name'>;

/** A convolution that an activation was fused into may go by the activation's name: the nearest product before it. */
function productIn(owner: Owner): Owner {
  if (!('operator' in owner)) return owner;
  const found = new Set([owner]);
  for (const node of found) {
    if (isProduct(node.operator)) return node;
    for (const input of node.inputs) if (input?.producer) found.add(input.producer);
  }
  return owner;
}

function attributionOf(name: string): Attribution {
  // A layer of a file may have the word in its own name.
  const at = name.lastIndexOf(gradient);
  if (at < 0) return { layer: name.split(forward, 1)[0] as string, phase: 'forward' };
  const [what = ''] = name.slice(at + gradient.length).split('/', 1);
  return { layer: name.slice(0, at), phase: phases[what] ?? 'otherGradient' };
}

const phases: Readonly<Record<string, Phase>> = {
  input: 'inputGradient',
  filter: 'filterGradient',
  recomputed: 'recomputed',
};
