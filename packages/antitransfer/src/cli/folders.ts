import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';

/** Where features and orthogonal networks are kept between comparisons. */
export function defaultCache(environment: NodeJS.ProcessEnv = process.env): string {
  const { ANTITRANSFER_CACHE, XDG_CACHE_HOME } = environment;
  return ANTITRANSFER_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'antitransfer');
}

/** Where a run of that name leaves its results. */
export function defaultOutput(name: string): string {
  return join('runs', name);
}

/** Where commands that train read and write. */
export interface RunFlags {
  readonly output?: string;
  readonly cache?: string;
}

/** Adds the flags for the folders of a command that trains. */
export function addRunFlags(command: Command, output: string): Command {
  return command
    .option('--output <folder>', `where results go, and are continued from (default: ${output})`)
    .option(
      '--cache <folder>',
      'where features and orthogonal networks are kept (default: ~/.cache/antitransfer)',
    );
}
