import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isManifestName } from '../data/corpora/manifest.js';
import { recogniseCorpus } from '../data/corpora/recognise.js';
import type { ConfigSource } from '../runs/config/errors.js';
import { type ConfigTree, readConfigFile, resolveConfig } from '../runs/config/load.js';
import type { Config } from '../runs/config/schema.js';
import {
  type CellTree,
  expandSweep,
  resolveCells,
  type SweepCell,
  sweepName,
} from '../runs/config/sweep/cells.js';
import { applyConfigFlags, flagsGiven } from './config-flags.js';

/** What commands that take a configuration are told about it: `--data PATH`, and a flag for every key. */
export type ConfigFlags = Readonly<Record<string, unknown>> & { readonly data?: string };

/**
 * The configuration of a command: a file, or a built-in one, with the flags laid over it.
 *
 * @param path absent for the demo on synthetic voices, or, with `--data`, for the FSDD corpus
 * @throws ConfigError when the file is missing, or it or a flag is not valid
 */
export async function configOf(path: string | undefined, flags: ConfigFlags): Promise<Config> {
  const { tree, source } = await flaggedTree(path, flags);
  return resolveConfig(await withCorpora(tree), source);
}

/**
 * The comparisons of a file with the key `sweep`, each with the flags laid over it.
 *
 * @throws ConfigError when the file is missing, or it, a cell or a flag is not valid
 */
export async function sweepOf(
  path: string,
  flags: ConfigFlags,
): Promise<{ readonly name: string; readonly cells: SweepCell[] }> {
  const { tree, source } = await flaggedTree(path, flags);
  const cells: CellTree[] = [];
  for (const cell of expandSweep(tree, source)) {
    cells.push({ ...cell, tree: await withCorpora(cell.tree) });
  }
  return { name: sweepName(tree), cells: resolveCells(cells, source) };
}

/** A file before it is checked, and where its values come from. */
async function flaggedTree(
  path: string | undefined,
  { data, ...flags }: ConfigFlags,
): Promise<{ readonly tree: ConfigTree; readonly source: ConfigSource }> {
  const file = path ?? builtIn(data === undefined ? 'demo' : 'fsdd');
  const written = await readConfigFile(file);
  const located = data === undefined ? written : withDataPath(written, data, path !== undefined);
  const { tree, leftOut } = applyConfigFlags(located, flags);
  if (leftOut.length > 0) {
    process.stderr.write(`Left out, as the kind that a flag names has not got it: ${leftOut.join(', ')}.\n`);
  }
  return { tree, source: { name: path ?? 'The configuration', flags: flagsGiven(flags) } };
}

/** How many methods and seeds the demo has, for its help. */
export function sizeOfDemo(): { readonly methods: number; readonly seeds: number } {
  const { experiment } = resolveConfig(parse(readFileSync(builtIn('demo'), 'utf8')), 'the demo');
  return { methods: experiment.methods.length, seeds: experiment.seeds };
}

function builtIn(name: string): string {
  return fileURLToPath(new URL(`../../configs/${name}.yaml`, import.meta.url));
}

/** A path of another kind than the file's corpus is recognised anew. */
function withDataPath(tree: ConfigTree, path: string, isOwn: boolean): ConfigTree {
  const { corpus, ...data } = branchOf(tree.data);
  const named = isOwn && (corpus === 'manifest') === isManifestName(path) ? { corpus } : {};
  return { ...tree, data: { ...data, ...named, path: resolve(path) } };
}

/** Names the kind of corpus wherever a path is given without one, as `data describe` does. */
async function withCorpora(tree: ConfigTree): Promise<ConfigTree> {
  const tasks = Array.isArray(tree.orthogonal) ? tree.orthogonal : [tree.orthogonal];
  const named = await Promise.all(
    tasks.map(async (task: unknown) => {
      const branch = branchOf(task);
      return branch.data === undefined ? task : { ...branch, data: await withCorpus(branch.data) };
    }),
  );
  return {
    ...tree,
    ...(tree.data !== undefined && { data: await withCorpus(tree.data) }),
    ...(tree.orthogonal !== undefined && { orthogonal: Array.isArray(tree.orthogonal) ? named : named[0] }),
  };
}

async function withCorpus(data: unknown): Promise<unknown> {
  const { corpus, path, levels, pattern } = branchOf(data);
  if (corpus !== undefined || typeof path !== 'string') return data;
  const kind = levels === undefined && pattern === undefined ? await recogniseCorpus(path) : 'folder';
  return { ...branchOf(data), corpus: kind };
}

function branchOf(tree: unknown): ConfigTree {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? { ...tree } : {};
}
