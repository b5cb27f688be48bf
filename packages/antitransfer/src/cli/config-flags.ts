import { type Command, Option } from 'commander';
import { isMap, isSeq, parse, parseDocument } from 'yaml';
import { UserError } from '../errors.js';
import type { ConfigTree } from '../runs/config/load.js';
import { configJsonSchema } from '../runs/config/schema.js';

/** The part of JSON schema that flags are made from. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** A key of the configuration and what its flag says. */
interface ConfigKey {
  readonly path: string;
  readonly description: string;
}

/** Descriptions of a key, and the kinds (of a split, for example) that each goes for; none where there are no kinds. */
type Descriptions = Map<string, string[]>;

/** Every key of the configuration, as `training.epochs`. */
function configKeys(): ConfigKey[] {
  const found = new Map<string, Descriptions>();
  collect(configJsonSchema() as Schema, '', [], found);
  return [...found].map(([path, descriptions]) => ({ path, description: joined(descriptions) }));
}

/** Paths of the flags of the configuration that were given, in the schema's order. */
export function flagsGiven(flags: Readonly<Record<string, unknown>>): string[] {
  return configKeys()
    .map(({ path }) => path)
    .filter((path) => typeof flags[path] === 'string');
}

function collect(
  schema: Schema,
  path: string,
  kinds: readonly string[],
  found: Map<string, Descriptions>,
): void {
  const forms = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const inner = (key: string) => (path === '' ? key : `${path}.${key}`);
  const choice = kindKeyOf(schema);
  if (choice) {
    const description = `${schema.description ?? ''} (${choice.kinds.join(', ')})`;
    found.set(inner(choice.key), new Map([[description, []]]));
  }
  if (forms.every(({ properties }) => properties === undefined)) {
    const descriptions = found.get(path) ?? new Map<string, string[]>();
    const text = describe(schema);
    descriptions.set(text, [...(descriptions.get(text) ?? []), ...kinds]);
    found.set(path, descriptions);
  }
  for (const form of forms) {
    const kind = choice && form.properties?.[choice.key]?.const;
    for (const [key, value] of Object.entries(form.properties ?? {})) {
      if (key !== choice?.key) collect(value, inner(key), kind === undefined ? kinds : [String(kind)], found);
    }
  }
}

/** The key by which the forms of a value are told apart, and its values; undefined when there are no such forms. */
function kindKeyOf({ oneOf = [] }: Schema): { readonly key: string; readonly kinds: string[] } | undefined {
  const [key] =
    Object.entries(oneOf[0]?.properties ?? {}).find(([, { const: kind }]) => kind !== undefined) ?? [];
  return key === undefined
    ? undefined
    : { key, kinds: oneOf.map((form) => String(form.properties?.[key]?.const)) };
}

/** `group, k-fold: Label column of the groups; lists: …` */
function joined(descriptions: Descriptions): string {
  return [...descriptions]
    .map(([text, kinds]) => (kinds.length === 0 ? text : `${kinds.join(', ')}: ${text}`))
    .join(' | ');
}

function describe(schema: Schema): string {
  const choices = schema.enum ? ` (${schema.enum.join(', ')})` : '';
  const fallback =
    schema.default === undefined || typeof schema.default === 'object' ? '' : ` [${String(schema.default)}]`;
  return `${schema.description ?? ''}${choices}${fallback}`;
}

/** Adds a flag for every key, `--training.epochs 10`; values are YAML. */
export function addConfigFlags(command: Command): Command {
  for (const { path, description } of configKeys()) {
    const [top = '', inner] = path.split('.');
    command.optionsGroup(inner === undefined ? 'Keys of the configuration (values are YAML):' : `${top}:`);
    command.addOption(new Option(`--${path} <value>`, description));
  }
  return command;
}

/** A configuration with flags laid over it. */
export interface FlaggedConfig {
  readonly tree: ConfigTree;
  /** Keys that a flag's other kind has not, or means otherwise: they are left out. */
  readonly leftOut: readonly string[];
}

/** Lays flags over a configuration. */
export function applyConfigFlags(tree: ConfigTree, flags: Readonly<Record<string, unknown>>): FlaggedConfig {
  const result = structuredClone(tree);
  const leftOut = Object.entries((configJsonSchema() as Schema).properties ?? {}).flatMap(([path, schema]) =>
    changeKind(result, path, schema, flags),
  );
  for (const path of flagsGiven(flags)) setAt(result, path.split('.'), parseValue(String(flags[path]), path));
  return { tree: result, leftOut };
}

/** Leaves out what belongs to the kind that a flag replaces, and returns it. */
function changeKind(
  tree: ConfigTree,
  path: string,
  schema: Schema,
  flags: Readonly<Record<string, unknown>>,
): string[] {
  const key = kindKeyOf(schema)?.key;
  const there = tree[path];
  if (key === undefined || typeof there !== 'object' || there === null) return [];
  const propertiesOf = (kind: unknown) =>
    schema.oneOf?.find(({ properties }) => properties?.[key]?.const === kind)?.properties;
  const before = propertiesOf(Reflect.get(there, key));
  const after = propertiesOf(flags[`${path}.${key}`]);
  if (before === undefined || after === undefined || before === after) return [];
  const stays = (name: string) => name === key || meaningOf(before[name]) === meaningOf(after[name]);
  const entries = Object.entries(there);
  tree[path] = Object.fromEntries(entries.filter(([name]) => stays(name)));
  return entries.filter(([name]) => !stays(name)).map(([name]) => `${path}.${name}`);
}

/** A key's schema without its default, which may be another in each kind. */
function meaningOf(schema: Schema | undefined): string {
  return JSON.stringify(schema ?? null, (key, value) => (key === 'default' ? undefined : value));
}

function parseValue(text: string, path: string): unknown {
  const document = parseDocument(text, { stringKeys: true });
  if (isTextOnly(configJsonSchema() as Schema, path.split('.'))) {
    // `{speaker}_{take}.wav` begins like a map, and a column may be called 7.
    const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
    return typeof value === 'string' ? value : text;
  }
  if (document.errors.length > 0) throw new UserError(`--${path} ${text}: this is not valid YAML.`);
  // A path or a name such as "a: b" is meant as text.
  if (isMap(document.contents) && !text.trim().startsWith('{')) return text;
  return isSeq(document.contents) || isMap(document.contents)
    ? document.toJS()
    : parse(text, { stringKeys: true });
}

/** Whether a key's value is text, whatever else is chosen. */
function isTextOnly(schema: Schema, [key = '', ...rest]: readonly string[]): boolean {
  const forms = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const inner = forms.flatMap(({ properties }) => properties?.[key] ?? []);
  if (rest.length > 0) return inner.length > 0 && inner.every((form) => isTextOnly(form, rest));
  return inner.length > 0 && inner.every(({ type, enum: words }) => type === 'string' && words === undefined);
}

function setAt(tree: ConfigTree, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const inner = tree[key];
  if (Array.isArray(inner))
    throw new UserError(`--${key}.${rest.join('.')}: "${key}" is a list here; change it in the file.`);
  const branch: ConfigTree = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  setAt(branch, rest, value);
  tree[key] = branch;
}
