import { GraphError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { Attribute, Attributes, FloatAttribute } from './graph.js';

/** A floating-point attribute: `{ alpha: float(0.01) }`. */
export function float(value: number): FloatAttribute {
  return { float: value };
}

/** Reads an integer attribute. */
export function readInt(attributes: Attributes, name: string, otherwise: number): number {
  return read(
    attributes,
    name,
    otherwise,
    (value) => (typeof value === 'number' ? value : undefined),
    'an integer',
  );
}

/** Reads a list of integers; `undefined` when absent. */
export function readInts(attributes: Attributes, name: string): readonly number[] | undefined {
  return read(
    attributes,
    name,
    undefined,
    (value) => (Array.isArray(value) ? value : undefined),
    'a list of integers',
  );
}

/** Reads a floating-point attribute. */
export function readFloat(attributes: Attributes, name: string, otherwise: number): number {
  const take = (value: Attribute) => (isObject(value) && 'float' in value ? value.float : undefined);
  return read(attributes, name, otherwise, take, 'a float');
}

/** Reads a string attribute. */
export function readString(attributes: Attributes, name: string, otherwise: string): string {
  return read(
    attributes,
    name,
    otherwise,
    (value) => (typeof value === 'string' ? value : undefined),
    'a string',
  );
}

/** Reads a tensor attribute; `undefined` when absent. */
export function readTensor(attributes: Attributes, name: string): Tensor | undefined {
  const take = (value: Attribute) => (isObject(value) && 'tensor' in value ? value.tensor : undefined);
  return read(attributes, name, undefined, take, 'a tensor');
}

function isObject(value: Attribute): value is Extract<Attribute, object> {
  return typeof value === 'object' && !Array.isArray(value);
}

function described(value: Attribute): string {
  return isObject(value) && 'tensor' in value ? 'a tensor' : JSON.stringify(value);
}

function read<T, D>(
  attributes: Attributes,
  name: string,
  otherwise: D,
  take: (value: Attribute) => T | undefined,
  wanted: string,
): T | D {
  const value = attributes[name];
  if (value === undefined) return otherwise;
  const taken = take(value);
  if (taken === undefined)
    throw new GraphError(`Attribute "${name}" should be ${wanted}; got ${described(value)}.`);
  return taken;
}
