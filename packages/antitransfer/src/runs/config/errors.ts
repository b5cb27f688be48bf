import type { z } from 'zod';
import { UserError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { movedTo } from './moved-keys.js';

/** A configuration that is not valid: each problem with its path, the value and a way out. */
export class ConfigError extends UserError {
  override readonly name = 'ConfigError';
}

/** Says of each problem where it is, what was given and what is meant, in the words of a person. */
export function configError(
  error: z.ZodError,
  input: unknown,
  source: string,
  schema: JsonSchema,
): ConfigError {
  const lines = error.issues.flatMap((issue) => describeIssue(issue, input, schema));
  const unique = [...new Set(lines)];
  return new ConfigError(`${source} is not valid:\n${unique.map((line) => `  ${line}`).join('\n')}`);
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown, schema: JsonSchema): string[] {
  const path = pathText(issue.path);
  const value = valueAt(input, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const full = path ? `${path}.${key}` : key;
        const moved = movedTo(full);
        if (moved !== undefined) return `${full}: this key is "${moved}" now.`;
        return `${full}: there is no such key.${nearest(key, keysAt(schema, issue.path))}`;
      });
    case 'invalid_value':
      return [notOneOf(path, value, issue.values.map(String))];
    case 'invalid_union':
      return describeUnion(issue, input, schema, value);
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      return [`${path}: ${show(value)} is out of range; it must be ${bound}.`];
    }
    case 'invalid_type':
      return value === undefined
        ? [`${path}: this key is missing; it must be ${article(issue.expected)}.`]
        : [`${path}: ${show(value)} is not ${article(issue.expected)}.`];
    default:
      return [`${path}: ${show(value)}: ${issue.message}.`];
  }
}

/** Of the alternatives, the one that fits best speaks: the one whose problems lie deepest. */
function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  input: unknown,
  schema: JsonSchema,
  value: unknown,
): string[] {
  const path = pathText(issue.path);
  if (value === undefined) return [`${path}: this key is missing.`];
  const words = wordsAt(schema, issue.path);
  if (issue.errors.length === 0 && words.length > 0) return [notOneOf(path, value, words)];
  const prefixed = issue.errors.map((issues) =>
    issues.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue),
  );
  const depth = (issues: readonly z.core.$ZodIssue[]) =>
    Math.max(0, ...issues.map(({ path: at }) => at.length));
  const sameKind = prefixed.filter((issues) => {
    const isType = issues.some(
      ({ code, path: at }) => code === 'invalid_type' && at.length === issue.path.length,
    );
    const isWord = issues.some(
      ({ code, path: at }) => code === 'invalid_value' && at.length === issue.path.length,
    );
    return !isType && (typeof value === 'string' || !isWord);
  });
  const best = sameKind.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
  if (best !== undefined) return best.flatMap((inner) => describeIssue(inner, input, schema));
  return [`${path}: ${show(value)} fits none of the forms that are allowed here.`];
}

/** The part of JSON schema that is looked at here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** Everything that may stand at a path: the schema's parts there, alternatives side by side. */
function partsAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const [step, ...rest] = path;
  const inner = alternatives.flatMap((form) => partsAt(form, path));
  if (step === undefined) return [schema, ...inner];
  const next = typeof step === 'number' ? schema.items : schema.properties?.[String(step)];
  return [...(next ? partsAt(next, rest) : []), ...inner];
}

function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  return partsAt(schema, path).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** The words that may stand at a path, such as the kinds of a split. */
function wordsAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  return partsAt(schema, path).flatMap(({ const: word, enum: words = [] }) =>
    word === undefined ? words : [word],
  );
}

function notOneOf(path: string, value: unknown, words: readonly string[]): string {
  return `${path}: ${show(value)} is not one of ${words.join(', ')}.${nearest(String(value), words)}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function article(noun: string): string {
  return /^(string|number|object|array|boolean|record)$/.test(noun)
    ? `${/^[aeo]/.test(noun) ? 'an' : 'a'} ${noun}`
    : noun;
}
