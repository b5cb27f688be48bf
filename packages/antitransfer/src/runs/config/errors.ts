import type { z } from 'zod';
import { UserError } from '../../errors.js';
import { choices, FEW_NAMES, nearest } from '../../nearest.js';
import { movedTo } from './moved-keys.js';

/** A configuration that is not valid: each problem with its path, the value and a way out. */
export class ConfigError extends UserError {
  override readonly name = 'ConfigError';

  /** @param problems of which the message is made, each beginning with its path; none where it is about something else */
  constructor(
    message: string,
    options?: ErrorOptions,
    readonly problems: readonly string[] = [],
  ) {
    super(message, options);
  }
}

/** Where a configuration's values come from, for messages. */
export interface ConfigSource {
  /** What messages call it, for example the file's name. */
  readonly name: string;
  /** Paths of keys whose values were given as flags, `training.epochs`. */
  readonly flags?: readonly string[];
}

/** Says of each problem where it is, what was given and what is meant, in the words of a person. */
export function configError(
  error: z.ZodError,
  input: unknown,
  source: ConfigSource,
  schema: JsonSchema,
): ConfigError {
  return notValid(source, [
    ...missingSpaces(input),
    ...error.issues.flatMap((issue) => describeIssue(issue, input, schema)),
  ]);
}

/** Keys such as `kind:random`, which YAML takes for one key without a value. */
function missingSpaces(input: unknown, path: readonly PropertyKey[] = []): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(input) ? Number(key) : key];
    if (!lacksSpace(key, value)) return missingSpaces(value, at);
    return [`${pathText(at)}: a space is missing behind the colon: "${key.replace(':', ': ')}".`];
  });
}

/** A key and its value in one word. */
const oneWord = /^\w[\w.]*:\S/;

function lacksSpace(key: string, value: unknown): boolean {
  return value === null && oneWord.test(key);
}

/**
 * A configuration with problems, each told of the flag that brought it where one did.
 *
 * @param problems each begins with the path of its key
 */
export function notValid({ name, flags = [] }: ConfigSource, problems: readonly string[]): ConfigError {
  const isFlag = (problem: string) =>
    flags.some((path) => /^[.[:]/.test(problem.slice(path.length)) && problem.startsWith(path));
  const unique = [...new Set(problems)];
  const what = unique.every(isFlag) ? 'What the flags say' : name;
  const lines = unique.map((line) => `  ${isFlag(line) ? '--' : ''}${line}`);
  return new ConfigError(`${what} is not valid:\n${lines.join('\n')}`, {}, unique);
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown, schema: JsonSchema): string[] {
  const path = pathText(issue.path);
  const value = valueAt(input, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) => {
        if (lacksSpace(key, valueAt(value, [key]))) return [];
        const full = path ? `${path}.${key}` : key;
        const moved = movedTo(full);
        if (moved !== undefined) return [`${full}: this key is "${moved}" now.`];
        return [`${full}: ${noSuchKey(key, partsAt(schema, issue.path), value)}`];
      });
    case 'invalid_value':
      return [notOneOf(path, value, issue.values.map(String))];
    case 'invalid_union':
      return describeUnion(issue, input, schema, value);
    case 'too_small':
    case 'too_big': {
      if (issue.code === 'too_small' && issue.origin === 'array')
        return [`${path}: the list is empty; name at least ${issue.minimum === 1 ? 'one' : issue.minimum}.`];
      const [least, most] = issue.inclusive === false ? ['above', 'below'] : ['at least', 'at most'];
      const bound = issue.code === 'too_small' ? `${least} ${issue.minimum}` : `${most} ${issue.maximum}`;
      return [`${path}: ${show(value)} is out of range; it must be ${bound}.`];
    }
    case 'invalid_type':
      return value === undefined
        ? [`${path}: this key is missing; it must be ${noun(issue.expected)}.`]
        : [`${path}: ${show(value)} is not ${noun(issue.expected)}${spaceHint(value)}`];
    default:
      return [`${path}: ${show(value)}: ${issue.message.replace(/\.$/, '')}.`];
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
  const wanted = [...new Set(prefixed.flat().flatMap((inner) => formOf(inner, issue.path.length)))];
  const what =
    wanted.length > 0 ? `is not ${wanted.join(', or ')}` : 'fits none of the forms that are allowed here';
  return [`${path}: ${show(value)} ${what}${spaceHint(value)}`];
}

/** The end of a sentence. Where keys are wanted, `kind:random` on a line of its own is text to YAML. */
function spaceHint(value: unknown): string {
  const isKey = typeof value === 'string' && oneWord.test(value);
  return isKey ? `; is a space missing behind the colon, as in "${value.replace(':', ': ')}"?` : '.';
}

/** What an alternative wants to stand at a path itself. */
function formOf(issue: z.core.$ZodIssue, depth: number): string[] {
  if (issue.path.length !== depth) return [];
  if (issue.code === 'invalid_type') return [noun(issue.expected)];
  if (issue.code === 'invalid_union')
    return issue.errors
      .flat()
      .flatMap((inner) =>
        formOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, depth),
      );
  return issue.code === 'invalid_value' ? ['a word that is known here'] : [];
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

/** Which keys there are, or of which kinds of thing the key is: that of a group's split says nothing of a random one. */
function noSuchKey(key: string, parts: readonly JsonSchema[], value: unknown): string {
  const forms = parts.filter(({ properties }) => properties !== undefined);
  const fitting = forms.filter((form) =>
    kindOf(form).every(([name, kind]) => valueAt(value, [name]) === kind),
  );
  const kinds = forms.flatMap((form) => (form.properties?.[key] ? kindOf(form).map(([, kind]) => kind) : []));
  const own = (fitting.length > 0 ? fitting : forms).flatMap(({ properties }) =>
    Object.keys(properties ?? {}),
  );
  if (kinds.length === 0 || fitting.length === 0) return `there is no such key.${nearest(key, own)}`;
  const here = fitting.flatMap((form) => kindOf(form).map(([, kind]) => `"${kind}"`)).join(', ');
  return `it is a key of ${[...new Set(kinds)].join(', ')}, and this is ${here}.`;
}

/** The keys of a form that tell it apart from others, with their values. */
function kindOf({ properties = {} }: JsonSchema): [string, string][] {
  return Object.entries(properties).flatMap(([name, { const: kind }]) =>
    kind === undefined ? [] : [[name, kind] as [string, string]],
  );
}

/** The words that may stand at a path, such as the kinds of a split. */
function wordsAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  return partsAt(schema, path).flatMap(({ const: word, enum: words = [] }) =>
    word === undefined ? words : [word],
  );
}

function notOneOf(path: string, value: unknown, words: readonly string[]): string {
  const given = String(value);
  // Methods, and the kinds of what they are made of, are many.
  const listing = /\bmethods\b/.test(path) ? 'antitransfer methods' : undefined;
  const isFew = words.length <= FEW_NAMES || listing === undefined;
  if (value === undefined)
    return `${path}: this key is missing; ${isFew ? `it must be one of ${words.join(', ')}` : `run "${listing}" for what it may be`}.`;
  if (isFew) return `${path}: ${show(value)} is not one of ${words.join(', ')}.${nearest(given, words)}`;
  return `${path}: ${show(value)} is not known; ${choices(given, words, listing)}`;
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
  // JSON has no word for what YAML writes as .inf and .nan.
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

/** What people call zod's types. */
const nouns: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list, such as [a, b]',
  object: 'keys and values',
  record: 'keys and values',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

function noun(type: string): string {
  return Object.hasOwn(nouns, type) ? (nouns[type] ?? type) : type;
}
