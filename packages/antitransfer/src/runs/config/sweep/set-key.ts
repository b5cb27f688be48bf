import { nearest } from '../../../nearest.js';
import { publishedTapOf } from '../methods.js';
import type { ConfigTree } from '../parse-yaml.js';
import { withPreset } from '../preset.js';
import { methodPresets, resolveMethod } from '../presets/registry.js';
import { networkSettings } from '../schema.js';

/** A path leads to nothing that can be set. The message says what is there instead. */
export class NoSuchPath extends Error {
  override readonly name = 'NoSuchPath';
}

/** A value of a tree that is under way. */
type Branch = Record<string, unknown> | unknown[];

/**
 * Sets a key of a configuration that is not checked yet. Groups of keys that are not there are made; entries of lists are
 * found by number, `id`, `name` or `column`; a method that is named by a word becomes all of it where a key of it is set.
 *
 * @param tree changed in place
 * @param path `methods.cka.objectives.0.beta`
 * @throws NoSuchPath
 */
export function setKey(tree: ConfigTree, path: string, value: unknown): void {
  const segments = path.split('.');
  let branch: Branch = tree;
  for (const [depth, segment] of segments.entries()) {
    const key = keyIn(branch, segment, segments.slice(0, depth).join('.'));
    if (depth === segments.length - 1) {
      Reflect.set(branch, key, value);
      return;
    }
    const inner: unknown = Reflect.get(branch, key);
    const next = branchOf(inner, segments.slice(0, depth + 1), tree);
    Reflect.set(branch, key, next);
    branch = next;
  }
}

/** The key or index of a segment. */
function keyIn(branch: Branch, segment: string, path: string): string | number {
  if (!Array.isArray(branch)) return segment;
  const names = branch.map((entry) => nameOf(entry));
  const index = /^\d+$/.test(segment) ? Number(segment) : names.indexOf(segment);
  if (index >= 0 && index < branch.length) return index;
  const known = names.map((name, at) => name ?? String(at));
  throw new NoSuchPath(
    `${path} has no entry "${segment}"; it has ${known.join(', ')}.${nearest(segment, known)}`,
  );
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const names = ['id', 'name', 'column'].map((key): unknown => Reflect.get(entry, key));
  return names.find((name) => typeof name === 'string');
}

function branchOf(value: unknown, path: readonly string[], tree: ConfigTree): Branch {
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') return { ...value };
  if (path.length === 2 && path[0] === 'methods' && typeof value === 'string') {
    const preset = methodPresets.names.find((name) => name === value);
    if (preset !== undefined) return { ...resolveMethod(preset, publishedTap(tree)) };
  }
  throw new NoSuchPath(`${path.join('.')} is ${JSON.stringify(value)}, which has no keys.`);
}

/** Where the released code looks at the tree's network. */
function publishedTap(tree: ConfigTree): string | undefined {
  const { network, tap } = withPreset(tree);
  const named = networkSettings.safeParse(network ?? {});
  return named.success && (tap === undefined || tap === null)
    ? publishedTapOf({ network: named.data, tap: null })
    : undefined;
}
