import type { Attributes, Body, BodyNode, BodyValue } from '../graph/attributes.js';
import { elementTypeOf } from '../operators/element-types.js';
import { readFromOutside } from './control-flow/subgraphs.js';
import { readAttributes } from './read-values.js';
import {
  attributeTypes,
  bodyPrefix,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from './schema.js';

/** What a node of control flow does, in a program of ours. */
export interface ReadBodies {
  readonly attributes: Attributes;
  /** Names of the values around it that it reads: they join the inputs of its node. */
  readonly outside: readonly string[];
}

/** The bodies of a node that has some. */
export function readBodies(node: NodeProto): ReadBodies | undefined {
  const { name = '', opType = '', attribute = [] } = node;
  const found = attribute.filter(({ type }) => type === attributeTypes.graph);
  if (found.length === 0) return undefined;
  const others = attribute.filter((one) => !found.includes(one));
  const bodies = found.map((one) => {
    const kind = one.name ?? '';
    return [kind, readBody(one.g ?? {}, bodyPrefix(name, kind))] as const;
  });
  return {
    attributes: {
      ...readAttributes(others, opType),
      ...Object.fromEntries(bodies.map(([kind, body]) => [kind, { body }])),
    },
    outside: bodies.flatMap(([, { outer }]) => outer),
  };
}

function readBody({ node = [], input = [], output = [] }: GraphProto, prefix: string): Body {
  const inside = new Set([
    ...input.map((info) => info.name ?? ''),
    ...node.flatMap((one) => one.output ?? []),
  ]);
  const read = node.flatMap((one) => [...(one.input ?? []), ...readFromOutside(one)]);
  const own = (value: string) => (inside.has(value) ? value.slice(prefix.length) : value);
  const value = ({ name = '', type }: ValueInfoProto): BodyValue => {
    const dims = type?.tensorType?.shape?.dim?.map(
      ({ dimValue, dimParam }) => dimParam || Number(dimValue ?? 0),
    );
    return {
      name: own(name),
      type: elementTypeOf(type?.tensorType?.elemType ?? 1),
      ...(dims && { dims }),
    };
  };
  return {
    inputs: input.map(value),
    outer: [...new Set(read)].filter((name) => name !== '' && !inside.has(name)),
    nodes: node.map((one) => readBodyNode(one, own)),
    outputs: output.map(value),
  };
}

function readBodyNode(node: NodeProto, own: (value: string) => string): BodyNode {
  const { opType = '', domain = '', input = [], output = [], attribute } = node;
  const within = readBodies(node);
  return {
    operator: opType,
    domain,
    inputs: [...input, ...(within?.outside ?? [])].map(own),
    outputs: output.map(own),
    attributes: within?.attributes ?? readAttributes(attribute, opType),
  };
}
