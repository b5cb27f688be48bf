import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type ConfigTree, readConfigFile, resolveConfig } from '../runs/config/load.js';
import type { Config } from '../runs/config/schema.js';
import { applyConfigFlags, flagsGiven } from './config-flags.js';

/** What commands that take a configuration are told about it: `--data PATH`, and a flag for every key. */
export type ConfigFlags = Readonly<Record<string, unknown>> & { readonly data?: string };

/**
 * The configuration of a command: a file, or a built-in one, with the flags laid over it.
 *
 * @param path absent for the demo on synthetic voices, or, with `--data`, for the FSDD corpus
 * @throws ConfigError when the file is missing, or it or a flag is not valid
 */
export async function configOf(path: string | undefined, { data, ...flags }: ConfigFlags): Promise<Config> {
  const file = path ?? builtIn(data === undefined ? 'demo' : 'fsdd');
  const { tree, leftOut } = applyConfigFlags(await readConfigFile(file), flags);
  if (leftOut.length > 0) {
    process.stderr.write(`Left out, as the kind that a flag names has not got it: ${leftOut.join(', ')}.\n`);
  }
  return resolveConfig(data === undefined ? tree : withDataPath(tree, data), {
    name: path ?? 'The configuration',
    flags: flagsGiven(flags),
  });
}

/** How many methods and seeds the demo has, for its help. */
export function sizeOfDemo(): { readonly methods: number; readonly seeds: number } {
  const { experiment } = resolveConfig(parse(readFileSync(builtIn('demo'), 'utf8')), 'the demo');
  return { methods: experiment.methods.length, seeds: experiment.seeds };
}

function builtIn(name: string): string {
  return fileURLToPath(new URL(`../../configs/${name}.yaml`, import.meta.url));
}

function withDataPath(tree: ConfigTree, path: string): ConfigTree {
  const data = typeof tree.data === 'object' && tree.data !== null ? tree.data : {};
  return { ...tree, data: { ...data, path: resolve(path) } };
}
