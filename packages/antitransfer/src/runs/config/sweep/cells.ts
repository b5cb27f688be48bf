import { ConfigError, type ConfigSource, configError, notValid } from '../errors.js';
import { resolveConfig } from '../load.js';
import type { ConfigTree } from '../parse-yaml.js';
import { type Config, sweepJsonSchema, sweepSchema } from '../schema.js';
import { cellNames } from './cell-names.js';
import { type Competition, competitionProblems, competitionsOf, halvingProblems } from './competitions.js';
import { crossed, type Row, rowsOf } from './draw.js';
import { NoSuchPath, setKey } from './set-key.js';
import type { SweepPart } from './settings.js';

/** A cell of a sweep before it is checked: a configuration as if somebody had written it. */
export interface CellTree {
  /** From what is another in it; a folder may be called so. */
  readonly name: string;
  readonly tree: ConfigTree;
  /** Where cells are dropped by successive halving: whom it competes with. */
  readonly competition?: Competition;
}

/** A comparison of a sweep. */
export interface SweepCell {
  readonly name: string;
  readonly config: Config;
  readonly competition?: Competition;
}

/** Keys that are no part of what is asked: a cell that is another in these is no other comparison. */
const unswept = /^(name|execution|reported|sweep)(\.|$)/;

/**
 * The cells that a configuration with the key `sweep` asks for.
 *
 * @param given what messages call it, for example the file's name
 * @throws ConfigError that lists what is wrong with the sweep; cells are checked by {@link resolveCells}
 */
export function expandSweep(tree: ConfigTree, given: string | ConfigSource): CellTree[] {
  const source = typeof given === 'string' ? { name: given } : given;
  const { sweep, ...base } = tree;
  if (sweep === undefined) {
    throw notValid(source, [
      'sweep: this key is missing; it lists values for keys, such as "sweep: { values: { tap: [conv3_1, conv4_2] } }".',
    ]);
  }
  const parsed = sweepSchema.safeParse({ sweep });
  if (!parsed.success) throw configError(parsed.error, tree, source, sweepJsonSchema());
  const parts = [parsed.data.sweep].flat();
  const problems = [...problemsOf(parts), ...halvingProblems(parts), ...flagged(parts, source)];
  if (problems.length > 0) throw notValid(source, problems);
  const rows = parts.map(rowsOf).reduce(crossed, [[]]);
  const repeated = [...parts.flatMap(tooFew), ...sameRows(rows)];
  if (repeated.length > 0) throw notValid(source, repeated);
  const names = cellNames(rows);
  const competitions = competitionsOf(rows, parts);
  return rows.map((row, at) => {
    const name = names[at] ?? '';
    const competition = competitions[at];
    return { name, tree: cellTree(base, row, name, source), ...(competition && { competition }) };
  });
}

/** The name of a sweep, and of the folder above those of its cells. */
export function sweepName({ name }: ConfigTree): string {
  return typeof name === 'string' ? name : 'sweep';
}

/** What is wrong with the parts of a sweep beside each other. */
function problemsOf(parts: readonly SweepPart[]): string[] {
  const paths = parts.flatMap(({ values }) => Object.keys(values));
  return [
    ...paths
      .filter((path) => unswept.test(path))
      .map((path) => `sweep: "${path}" changes no number: it cannot be swept.`),
    ...paths
      .filter((path, at) => paths.indexOf(path) < at)
      .map((path) => `sweep: "${path}" is in two parts; name it in one.`),
    ...parts.flatMap((part) => (part.kind === 'zip' ? unequalLengths(part) : [])),
    ...parts.flatMap(({ kind, values }) =>
      // Side by side with others a value may come again.
      kind === 'zip' ? [] : Object.entries(values).flatMap(([path, list]) => twice(path, list)),
    ),
  ];
}

function unequalLengths({ values, names }: SweepPart & { readonly kind: 'zip' }): string[] {
  const lengths: [string, number][] = Object.entries(values).map(([path, list]) => [path, list.length]);
  if (names !== undefined) lengths.push(['names', names.length]);
  if (new Set(lengths.map(([, length]) => length)).size === 1) return [];
  const counted = lengths.map(([path, length]) => `${path} has ${length}`).join(', ');
  return [`sweep: lists that are zipped have one length each; ${counted}.`];
}

function twice(path: string, list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const texts = list.map((value) => JSON.stringify(value));
  const again = texts.find((text, at) => texts.indexOf(text) < at);
  return again === undefined ? [] : [`sweep: "${path}" lists ${again} twice.`];
}

/** A flag for a key whose values the sweep gives would be lost. */
function flagged(parts: readonly SweepPart[], { flags = [] }: ConfigSource): string[] {
  const paths = new Set(parts.flatMap(({ values }) => Object.keys(values)));
  return flags
    .filter((flag) => paths.has(flag))
    .map((flag) => `${flag}: the sweep gives values for this key; leave the flag out, or change the file.`);
}

function tooFew(part: SweepPart): string[] {
  if (part.kind !== 'random') return [];
  const found = rowsOf(part).length;
  return found === part.cells
    ? []
    : [`sweep: ${part.cells} cells are to be drawn, and there are only ${found} that differ.`];
}

/** Of lists side by side a row may come again. */
function sameRows(rows: readonly Row[]): string[] {
  const texts = rows.map((row) =>
    row.map(({ path, value }) => `${path} ${JSON.stringify(value)}`).join(', '),
  );
  const again = texts.find((text, at) => texts.indexOf(text) < at);
  return again === undefined ? [] : [`sweep: two cells are the same: ${again}.`];
}

function cellTree(base: ConfigTree, row: Row, name: string, source: ConfigSource): ConfigTree {
  const tree = structuredClone(base);
  // Whole groups first, so that a key of one may be swept beside it; then methods, which may depend on the network.
  const order = (path: string) => path.split('.').length + (path.startsWith('methods') ? 100 : 0);
  for (const { path, value } of [...row].sort((a, b) => order(a.path) - order(b.path))) {
    try {
      setKey(tree, path, structuredClone(value));
    } catch (error) {
      if (!(error instanceof NoSuchPath)) throw error;
      throw notValid(source, [`sweep: "${path}": ${error.message}`]);
    }
  }
  return { ...tree, name: `${sweepName(base)}--${name}` };
}

/**
 * Checks the cells of a sweep and fills in defaults.
 *
 * @throws ConfigError that lists every problem with the cells that have it
 */
export function resolveCells(cells: readonly CellTree[], given: string | ConfigSource): SweepCell[] {
  const source = typeof given === 'string' ? { name: given } : given;
  const problems = new Map<string, string[]>();
  const resolved = cells.flatMap(({ tree, ...cell }): SweepCell[] => {
    const { name } = cell;
    try {
      return [{ ...cell, config: resolveConfig(tree, source) }];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.set(problem, [...(problems.get(problem) ?? []), name]);
      return [];
    }
  });
  if (problems.size === 0) {
    const unfit = competitionProblems(resolved);
    if (unfit.length > 0) throw notValid(source, [...new Set(unfit)]);
    return resolved;
  }
  throw notValid(
    source,
    [...problems].map(([problem, names]) =>
      // What is wrong with all of them is wrong with the file.
      names.length === cells.length ? problem : `cell ${listed(names)}: ${problem}`,
    ),
  );
}

function listed(names: readonly string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
