import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { z } from 'zod';
import { isAudioName } from '../../data/corpora/list-files.js';
import { isManifestName } from '../../data/corpora/manifest.js';
import { isFolderForFile } from '../../files/file-error.js';
import { readWhole } from '../../files/read-whole.js';
import { decodeUtf8 } from '../../files/utf8.js';
import { conflictsOf } from './conflicts.js';
import { ConfigError, type ConfigSource, configError, notValid } from './errors.js';
import { nameTasks } from './names.js';
import { type ConfigTree, parseYaml } from './parse-yaml.js';
import { isPathKey } from './path-keys.js';
import { withPreset } from './preset.js';
import { resolveMethod } from './presets/registry.js';
import {
  type Config,
  configJsonSchema,
  configSchema,
  type Experiment,
  type OrthogonalSettings,
  type orthogonalSettings,
} from './schema.js';

export type { ConfigTree };

/**
 * Reads a YAML file; paths in it are relative to the file.
 *
 * @throws ConfigError when the file does not exist or is no YAML; it names line and column.
 * @throws UserError when its text is not UTF-8.
 * @throws FileError when it cannot be read.
 */
export async function readConfigFile(path: string): Promise<ConfigTree> {
  const bytes = await readWhole(path).catch((error: unknown) => {
    if (!isFolderForFile(error)) throw error;
    throw new ConfigError(
      `The configuration "${path}" is a folder, not a YAML file. Recordings are named in the file (data.path), or with --data.`,
      { cause: error },
    );
  });
  if (bytes === undefined) throw new ConfigError(`There is no configuration file "${path}".`);
  if (isManifestName(path) || isAudioName(path)) {
    const what = isManifestName(path) ? 'a table of recordings' : 'a recording';
    throw new ConfigError(
      `"${path}" is ${what}, not a configuration (YAML). Recordings are named in the file (data.path), or with --data.`,
    );
  }
  return anchorPaths(parseYaml(decodeUtf8(path, bytes), path), dirname(resolve(path)));
}

/** The tree with the paths in it as this process finds them: relative ones are so to a folder. */
export function anchorPaths(tree: ConfigTree, folder: string): ConfigTree {
  return withPaths(tree, (path) => (isAbsolute(path) ? path : resolve(folder, path)));
}

/** The opposite: what is left in a folder says nothing of the machine above it. */
export function releasePaths(tree: ConfigTree, folder: string): ConfigTree {
  return withPaths(tree, (path) => relative(folder, path));
}

function withPaths(tree: ConfigTree, change: (path: string) => string): ConfigTree {
  const changed = (keys: readonly string[], value: unknown): unknown => {
    if (typeof value === 'string') return isPathKey(keys) ? change(value) : value;
    if (Array.isArray(value)) return value.map((item) => changed(keys, item));
    if (typeof value === 'object' && value !== null) return changedTree(keys, value);
    return value;
  };
  const changedTree = (keys: readonly string[], inner: object): ConfigTree =>
    Object.fromEntries(
      // A key of a sweep is a path: `data.path`.
      Object.entries(inner).map(([key, value]) => [key, changed([...keys, ...key.split('.')], value)]),
    );
  return changedTree([], tree);
}

/**
 * Checks a tree and fills in defaults.
 *
 * @param given what messages call it, for example the file's name.
 * @throws ConfigError that lists every problem with its path, its value and the nearest valid name.
 */
export function resolveConfig(tree: ConfigTree, given: string | ConfigSource): Config {
  const source = typeof given === 'string' ? { name: given } : given;
  if (tree.sweep !== undefined) {
    throw notValid(source, [
      'sweep: this is one comparison; "antitransfer sweep" makes those that a sweep lists.',
    ]);
  }
  const filled = withPreset(tree);
  const parsed = configSchema.safeParse(filled);
  if (!parsed.success) throw configError(parsed.error, filled, source, configJsonSchema());
  const { execution, orthogonal, preset: _, ...rest } = parsed.data;
  const [first, ...others] = namedTasks(Array.isArray(orthogonal) ? orthogonal : [orthogonal], parsed.data);
  if (first === undefined) throw notValid(source, ['orthogonal: name one task or more.']);
  const experiment: Experiment = { ...rest, orthogonal: [first, ...others] };
  const conflicts = conflictsOf(experiment, source.flags);
  if (conflicts.length === 0) return { experiment, execution };
  throw notValid(source, conflicts);
}

function namedTasks(
  tasks: readonly z.infer<typeof orthogonalSettings>[],
  { data, methods }: z.infer<typeof configSchema>,
): OrthogonalSettings[] {
  const ids = methods.map((entry) => resolveMethod(entry).id);
  const names = nameTasks(tasks, data.corpus, ids);
  return tasks.map((task, i) => ({ ...task, name: names[i] ?? task.column }));
}
