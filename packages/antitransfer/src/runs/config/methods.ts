import { UserError } from '../../errors.js';
import { networks } from '../../learning/networks/registry.js';
import type { MethodSettings } from './method.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';

/**
 * The methods of an experiment, every default filled in.
 *
 * @throws UserError when two have one name, or one starts from what is not trained before it.
 */
export function methodsOf({
  methods: entries,
  orthogonal,
  network,
  tap,
}: Pick<Experiment, 'methods' | 'orthogonal' | 'network' | 'tap'>): MethodSettings[] {
  const published = publishedTapOf({ network, tap });
  const methods = entries.map((entry) => resolveMethod(entry, published));
  const starts = ['random', 'orthogonal', ...orthogonal.map(({ name }) => `orthogonal:${name}`)];
  const earlier = new Set<string>();
  for (const { id, start } of methods) {
    if (earlier.has(id)) throw new UserError(`Two methods are called "${id}"; give one another id.`);
    if (!starts.includes(start) && !earlier.has(start)) {
      const names = [...starts, ...earlier].map((name) => `"${name}"`).join(', ');
      throw new UserError(
        `The method "${id}" starts from "${start}", which is neither a method above it nor another start: ${names}.`,
      );
    }
    earlier.add(id);
  }
  return methods;
}

/** Where the released code looks at a network, unless somebody names a tap or brings another: then these are asked. */
export function publishedTapOf({ network, tap }: Pick<Experiment, 'network' | 'tap'>): string | undefined {
  const isAsked = tap === null && network.model === null;
  return isAsked ? networks.find(network.name).published?.tap : undefined;
}
