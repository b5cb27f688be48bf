import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import { defaultCache } from '../files/default-cache.js';
import { movedKeys } from '../runs/config/moved-keys.js';
import { bucketUrl, isBucketUrl, parseBucketUrl } from '../runs/store/bucket/location.js';

/** Where a run of that name leaves its results. */
function defaultOutput(name: string): string {
  return join('runs', name);
}

/** What comparisons share: features, trained networks, results, each under the digest of what it depends on. */
export function defaultStore(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.ANTITRANSFER_STORE ?? join('runs', 'store');
}

/** Where commands that train read and write. */
export interface RunFlags {
  readonly output?: string;
  readonly store?: string;
  readonly cache?: string;
}

/** Keys of the configuration that have a short flag, too. */
const shortFlags = [
  ['parallel', 'trainings side by side (default: one a core)'],
  ['threads', 'threads of each (default: the cores, shared)'],
] as const;

/** A store's folder, or the address of its bucket, in one form. @throws UserError when it is neither */
export function placeOfStore(store: string): string {
  return isBucketUrl(store) ? bucketUrl(parseBucketUrl(store)) : resolve(store);
}

/** The folders of a command that trains. */
export function foldersOf({ output, store, cache }: RunFlags, name: string) {
  return {
    folder: resolve(output ?? defaultOutput(name)),
    store: placeOfStore(store ?? defaultStore()),
    cache: resolve(cache ?? defaultCache()),
  };
}

/** Adds the flags of a command that trains: its folders, and how much of the machine it takes. */
export function addRunFlags(command: Command, output: string): Command {
  for (const [was, now] of movedKeys) {
    if (was === 'parallel') continue;
    const moved = new Option(`--${was} <value>`).hideHelp();
    command.addOption(
      moved.argParser((value) => {
        throw new UserError(`--${was} ${value}: this key is now --${now}.`);
      }),
    );
  }
  for (const [name, description] of shortFlags) {
    const key = `execution.${name}`;
    command.option(`--${name} <n>`, `${description}; short for --${key}`);
    command.on(`option:${name}`, (value: string) => command.setOptionValue(key, value));
  }
  return command
    .option('--output <folder>', `where results go, and are continued from (default: ${output})`)
    .option(
      '--store <place>',
      'where features and trained networks are kept, for all comparisons: a folder, or s3://BUCKET/PREFIX (default: runs/store)',
    )
    .option(
      '--cache <folder>',
      'where the demo corpus, compiled programs and copies of what is needed of a bucket are kept (default: ~/.cache/antitransfer)',
    );
}
