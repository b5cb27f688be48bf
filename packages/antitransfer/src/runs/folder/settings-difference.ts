import { z } from 'zod';
import { canonicalJson } from '../../files/canonical-json.js';
import { isPathKey } from '../config/path-keys.js';
import { methodEntry, resolveMethod } from '../config/presets/registry.js';
import { splitSeedOf } from '../config/split-seed.js';

/** What may be added to (see {@link leftOut}), and what is only another look at the same numbers. */
const looks = /^(methods|seeds|firstSeed|splits|firstSplit|removableThreshold|reported)($|\.)/;

const asked = z.object({
  methods: z.array(methodEntry),
  seeds: z.int(),
  firstSeed: z.int(),
  splits: z.int().optional(),
  firstSplit: z.int().optional(),
});

/**
 * In what two experiments differ, so that the results of one must not be written over those of the other: each setting as
 * `training.learningRate is 0.001 there, 0.01 here`. Other methods and seeds are told by {@link leftOut}.
 */
export function settingsDifference(there: unknown, here: unknown): string[] {
  const [before, after] = [leaves(there), leaves(here)];
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => !looks.test(key));
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .filter((key) => !areBothPaths(key, before.get(key), after.get(key)))
    .map((key) => `${key} is ${before.get(key) ?? 'not set'} there, ${after.get(key) ?? 'not set'} here`);
}

/** A setting that two experiments do not share, each value as JSON; undefined where one has none. */
export interface DifferingSetting {
  /** `training.learningRate`. */
  readonly key: string;
  readonly there: string | undefined;
  readonly here: string | undefined;
}

/**
 * All in which two experiments differ, seeds and methods too, for people who compare what they found. Methods are told by their ids;
 * one that both have and understand otherwise, setting by setting.
 */
export function differingSettings(there: unknown, here: unknown): DifferingSetting[] {
  const [before, after] = [methodsById(there), methodsById(here)];
  const ofMethods = [...before.keys()].flatMap((id) =>
    after.has(id)
      ? differingLeaves({ method: { [id]: before.get(id) } }, { method: { [id]: after.get(id) } })
      : [],
  );
  return [
    ...differingLeaves(
      { ...Object(there), methods: [...before.keys()].join(', ') },
      { ...Object(here), methods: [...after.keys()].join(', ') },
    ),
    ...ofMethods,
  ];
}

function differingLeaves(there: unknown, here: unknown): DifferingSetting[] {
  const [before, after] = [leaves(there), leaves(here)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, there: before.get(key), here: after.get(key) }))
    .filter((setting) => setting.there !== setting.here);
}

function methodsById(experiment: unknown): ReadonlyMap<string, unknown> {
  const methods = asked.pick({ methods: true }).safeParse(experiment).data?.methods ?? [];
  return new Map(methods.map((entry) => resolveMethod(entry)).map((method) => [method.id, method]));
}

/** Seeds and methods that one experiment has and the other would leave out, or understand otherwise. */
export function leftOut(there: unknown, here: unknown): string[] {
  const [before, after] = [asked.safeParse(there).data, asked.safeParse(here).data];
  if (before === undefined || after === undefined) return [];
  const holdsSeeds =
    after.firstSeed <= before.firstSeed && after.firstSeed + after.seeds >= before.firstSeed + before.seeds;
  const seeds = Array.from({ length: before.seeds }, (_, i) => before.firstSeed + i);
  const moved = seeds.find((seed) => splitSeedOf(before, seed) !== splitSeedOf(after, seed));
  const splits =
    moved === undefined || !holdsSeeds
      ? []
      : [
          `seed ${moved} learns from the split of seed ${splitSeedOf(before, moved)} there, of ${splitSeedOf(after, moved)} here (splits, firstSplit)`,
        ];
  const own = new Map(
    after.methods.map((entry) => resolveMethod(entry)).map((method) => [method.id, canonicalJson(method)]),
  );
  const methods = before.methods
    .map((entry) => resolveMethod(entry))
    .flatMap((method) => {
      const known = own.get(method.id);
      if (known === undefined) return [`the method "${method.id}" is there, not here`];
      return known === canonicalJson(method) ? [] : [`the method "${method.id}" is another here`];
    });
  const range = ({ firstSeed, seeds: n }: z.infer<typeof asked>) => `${firstSeed} to ${firstSeed + n - 1}`;
  return [
    ...(holdsSeeds ? [] : [`the seeds are ${range(before)} there, ${range(after)} here`]),
    ...splits,
    ...methods,
  ];
}

/**
 * Whether a key names a file or folder, there and here: which one it is does not matter, as recordings count by their
 * content; whether there is one does.
 */
function areBothPaths(key: string, there: string | undefined, here: string | undefined): boolean {
  const isPath = (value: string | undefined) => value?.startsWith('"') === true;
  return isPathKey(key.split('.')) && isPath(there) && isPath(here);
}

/** Each value of a tree as JSON, by its path. */
function leaves(tree: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof tree !== 'object' || tree === null) {
    if (tree !== undefined) found.set(path, JSON.stringify(tree));
    return found;
  }
  for (const [key, value] of Object.entries(tree)) leaves(value, path === '' ? key : `${path}.${key}`, found);
  return found;
}
