import type { Attributes, Body, BodyValue } from '../graph/attributes.js';
import { elementTypeOf } from '../operators/element-types.js';
import { readAttribute } from './read-values.js';
import {
  type AttributeProto,
  attributeTypes,
  bodyPrefix,
  type NodeProto,
  type ValueInfoProto,
} from './schema.js';

/** What a node of control flow does at each step, in a program of ours. */
export interface ReadBody {
  readonly attributes: Attributes;
  /** Names of the values around it that it reads: they join the inputs of its node. */
  readonly outside: readonly string[];
}

/** The body of a node that has one. */
export function readBody({ name = '', attribute = [] }: NodeProto): ReadBody | undefined {
  const found = attribute.find(({ type }) => type === attributeTypes.graph);
  if (found === undefined) return undefined;
  const { node = [], input = [], output = [] } = found.g ?? {};
  const prefix = bodyPrefix(name);
  const inside = new Set([
    ...input.map((info) => info.name ?? ''),
    ...node.flatMap((one) => one.output ?? []),
  ]);
  const outside = [...new Set(node.flatMap((one) => one.input ?? []))].filter(
    (value) => value !== '' && !inside.has(value),
  );
  const own = (value: string) => (inside.has(value) ? value.slice(prefix.length) : value);
  const value = ({ name: given = '', type }: ValueInfoProto): BodyValue => ({
    name: own(given),
    type: elementTypeOf(type?.tensorType?.elemType ?? 1),
  });
  const body: Body = {
    inputs: input.map(value),
    outer: outside,
    nodes: node.map((one) => ({
      operator: one.opType ?? '',
      domain: one.domain ?? '',
      inputs: (one.input ?? []).map(own),
      outputs: (one.output ?? []).map(own),
      attributes: named(one.attribute, one.opType ?? ''),
    })),
    outputs: output.map(value),
  };
  const others = attribute.filter((one) => one !== found);
  return { attributes: { ...named(others, 'Scan'), [found.name ?? '']: { body } }, outside };
}

function named(attributes: readonly AttributeProto[] = [], operator: string): Attributes {
  return Object.fromEntries(attributes.map((one) => [one.name ?? '', readAttribute(one, operator)]));
}
