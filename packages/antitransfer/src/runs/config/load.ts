import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError, configError } from './errors.js';
import { type Config, configJsonSchema, configSchema, type OrthogonalSettings } from './schema.js';

/** A plain tree as YAML gives it, before it is checked. */
export type ConfigTree = Record<string, unknown>;

/**
 * Reads a YAML file; paths in it are relative to the file.
 *
 * @throws ConfigError when the file does not exist or is no YAML; it names line and column.
 */
export async function readConfigFile(path: string): Promise<ConfigTree> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new ConfigError(`There is no configuration file "${path}".`);
  }
  return anchorPaths(parseYaml(text, path), dirname(resolve(path)));
}

/** @throws ConfigError with line and column when the text is no YAML, or no mapping. */
function parseYaml(text: string, source: string): ConfigTree {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new ConfigError(`${source} is not valid YAML: ${problem.message}`);
  const tree: unknown = document.toJS();
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new ConfigError(`${source} must hold keys and values, such as "target: digit".`);
  }
  return tree as ConfigTree;
}

/** Keys whose values are paths. */
const pathKeys = new Set(['path', 'noise', 'model']);

function anchorPaths(tree: ConfigTree, folder: string): ConfigTree {
  const anchored = (key: string, value: unknown): unknown => {
    if (typeof value === 'string' && pathKeys.has(key))
      return isAbsolute(value) ? value : resolve(folder, value);
    if (Array.isArray(value)) return value.map((item) => anchored(key, item));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, anchored(inner, item)]));
    }
    return value;
  };
  return anchored('', tree) as ConfigTree;
}

/**
 * Checks a tree and fills in defaults.
 *
 * @param source what messages call it, for example the file's name.
 * @throws ConfigError that lists every problem with its path, its value and the nearest valid name.
 */
export function resolveConfig(tree: ConfigTree, source: string): Config {
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) throw configError(parsed.error, tree, source, configJsonSchema());
  const { orthogonal, ...config } = parsed.data;
  const list: OrthogonalSettings[] = Array.isArray(orthogonal) ? orthogonal : [orthogonal];
  return { ...config, orthogonal: list };
}
