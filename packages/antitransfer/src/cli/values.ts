import { InvalidArgumentError } from 'commander';
import { UserError } from '../errors.js';
import { choices, nearest } from '../nearest.js';

/** Values of flags and arguments, read from text. What commander says of a wrong one begins with the flag and the value. */

type Parse<T> = (text: string) => T;

/** A whole number, `least` or more. */
export function wholeNumber(least: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** A number, 0 or more. */
export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a number, 0 or more.');
}

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** One of some names. */
export function oneOf<T extends string>(names: readonly T[]): Parse<T> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.${nearest(text, names)}`);
  };
}

/** Names with commas between them, none twice. */
export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.every((name) => name !== '') && new Set(list).size === list.length) return list;
  throw new InvalidArgumentError('It must be names with commas between them, each once.');
}

/** A part of work that several processes share. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** `2/5`: the second of five. */
export function shard(text: string): Shard {
  const [, number = Number.NaN, of = Number.NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of) return { number, of };
  throw new InvalidArgumentError('It must be k/n, such as 2/5: the second of five.');
}

/** `1x126x129`: channels, frames and bins of one clip's features. */
export function featureShape(text: string): [number, number, number] {
  const sizes = text.split('x').map(Number);
  const [channels = 0, frames = 0, bins = 0] = sizes;
  const sound = sizes.length === 3 && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
  if (sound) return [channels, frames, bins];
  throw new InvalidArgumentError('It must be channels x frames x bins, such as 1x126x129.');
}

/**
 * Checks a name that is known only when other things are read: a label column, a tap, a method.
 *
 * @param listing the command that lists them, where there may be many
 * @throws UserError that quotes it, lists the names and suggests the nearest
 */
export function requireKnown(what: string, given: string, known: readonly string[], listing?: string): void {
  if (known.includes(given)) return;
  throw new UserError(`There is no ${what} "${given}"; ${choices(given, known, listing)}`);
}
