import { UserError } from '../errors.js';
import { choices } from '../nearest.js';
import type { MethodSettings } from './config/method.js';
import { methodsOf } from './config/methods.js';
import { methodPresets } from './config/presets/registry.js';
import type { Experiment } from './config/schema.js';
import { splitSeedOf } from './config/split-seed.js';

/**
 * The experiment of one method with one seed. Methods that it starts from come with it.
 *
 * @param id a method of the experiment, or of those known by name; the experiment's first when absent
 * @throws UserError when there is no such method.
 */
export function experimentOfOne(experiment: Experiment, id: string | undefined, seed: number): Experiment {
  const own = methodsOf(experiment);
  const found =
    id === undefined ? own[0] : (own.find((method) => method.id === id) ?? presetOf(id, experiment));
  if (found === undefined) {
    const names = [...new Set([...own.map((method) => method.id), ...methodPresets.names])];
    throw new UserError(`There is no method "${id}"; ${choices(id ?? '', names, 'antitransfer methods')}`);
  }
  const { splits: _, firstSplit: __, ...same } = experiment;
  const firstSplit = splitSeedOf(experiment, seed);
  return {
    ...same,
    methods: withBeginnings(found, own),
    seeds: 1,
    firstSeed: seed,
    ...(firstSplit !== seed && { firstSplit }),
  };
}

function presetOf(id: string, experiment: Experiment): MethodSettings | undefined {
  const preset = methodPresets.members.find(({ name }) => name === id);
  return preset && methodsOf({ ...experiment, methods: [preset.name] })[0];
}

/** The method behind those that it starts from. */
function withBeginnings(method: MethodSettings, own: readonly MethodSettings[]): MethodSettings[] {
  const before = own.find(({ id }) => id === (method.correction?.method ?? method.start));
  return before === undefined ? [method] : [...withBeginnings(before, own), method];
}
