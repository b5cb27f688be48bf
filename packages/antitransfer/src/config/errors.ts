import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { UserError } from '../errors.js';

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
        return `${full}: there is no such key.${suggest(key, keysAt(schema, issue.path))}`;
      });
    case 'invalid_value':
      return [
        `${path}: ${show(value)} is not one of ${issue.values.join(', ')}.${suggest(String(value), issue.values.map(String))}`,
      ];
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
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The keys that may stand at a path, those of all alternatives together. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  const forms = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const [step, ...rest] = path;
  if (step === undefined) return forms.flatMap((form) => Object.keys(form.properties ?? {}));
  return forms.flatMap((form) => {
    const next = typeof step === 'number' ? form.items : form.properties?.[String(step)];
    const found = next ? keysAt(next, rest) : [];
    return form === schema || found.length > 0 ? found : keysAt(form, path);
  });
}

function suggest(given: string, known: readonly string[]): string {
  return known.length === 0 ? '' : ` Did you mean ${closest(given, [...known])}?`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
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
