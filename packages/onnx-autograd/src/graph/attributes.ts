import { GraphError } from '../errors.js';
import type { ElementType, Tensor } from '../tensor.js';
import type { Shape } from './shape.js';

/** A floating-point attribute. (A bare number is an integer attribute, as most attributes of the standard are.) */
export interface FloatAttribute {
  /** The number, in single precision in a file. */
  readonly float: number;
}

/** A list of floating-point numbers. */
export interface FloatsAttribute {
  /** The numbers. */
  readonly floats: readonly number[];
}

/** A list of strings. */
export interface StringsAttribute {
  /** The strings. */
  readonly strings: readonly string[];
}

/** A tensor, such as the value of `ConstantOfShape`. */
export interface TensorAttribute {
  /** The numbers. */
  readonly tensor: Tensor;
}

/** A value of a {@link Body}. */
export interface BodyValue {
  /** Unique in its body. */
  readonly name: string;
  /** Of its elements. */
  readonly type: ElementType;
  /**
   * Its sizes, where they must be told: of the number of a step, and of the condition, that a `Loop` is given, and of what
   * each step adds to a list, which may have no step.
   */
  readonly dims?: Shape;
}

/** A node of a {@link Body}. */
export interface BodyNode {
  /** As the ONNX standard names it. */
  readonly operator: string;
  /** `''` is the ONNX standard's own domain. */
  readonly domain: string;
  /** Names of values; an empty one is an absent optional input. */
  readonly inputs: readonly string[];
  /** Names of values. */
  readonly outputs: readonly string[];
  /** Those that were given. */
  readonly attributes: Attributes;
}

/** What a node of control flow carries out at each step, as plain data. */
export interface Body {
  /** Given anew at each step. */
  readonly inputs: readonly BodyValue[];
  /** Names of what it reads from outside, the same at each step: the last inputs of its node. */
  readonly outer: readonly string[];
  /** In an order in which they can run. */
  readonly nodes: readonly BodyNode[];
  /** What a step computes. */
  readonly outputs: readonly BodyValue[];
}

/** The steps of control flow. */
export interface BodyAttribute {
  /** What is carried out. */
  readonly body: Body;
}

/** An attribute of a node: integer(s), float(s), string(s), a tensor, or the steps of control flow. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | FloatAttribute
  | FloatsAttribute
  | StringsAttribute
  | TensorAttribute
  | BodyAttribute;

/** The attributes of a node by name; `undefined` is an absent one. */
export type Attributes = Readonly<Record<string, Attribute | undefined>>;

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

/** Reads a list of strings; `undefined` when absent. */
export function readStrings(attributes: Attributes, name: string): readonly string[] | undefined {
  const take = (value: Attribute) => (isObject(value) && 'strings' in value ? value.strings : undefined);
  return read(attributes, name, undefined, take, 'a list of strings');
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
  if (isObject(value) && 'body' in value) return 'a body';
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
