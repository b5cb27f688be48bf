import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type MethodSettings, resolveMethod } from '../config/method.js';
import type { Config } from '../config/schema.js';
import { UserError } from '../../errors.js';
import { methodJobId, orthogonalJobId } from '../store/paths.js';
import type { PlannedJob } from '../jobs/process-runner.js';

/** The methods of a comparison, checked: names are unique, and what one starts from is trained before it. */
export function methodsOf(config: Config): MethodSettings[] {
  const methods = config.methods.map(resolveMethod);
  const earlier = new Set<string>();
  for (const { id, start } of methods) {
    if (earlier.has(id)) throw new UserError(`Two methods are called "${id}"; give one another id.`);
    if (start !== 'random' && start !== 'orthogonal' && !earlier.has(start)) {
      throw new UserError(
        `The method "${id}" starts from "${start}", which is not a method above it (${[...earlier].join(', ') || 'none'}), "random" or "orthogonal".`,
      );
    }
    earlier.add(id);
  }
  return methods;
}

/** How many trainings run side by side, and with how many threads each. */
export function sharesOf({ parallel, training }: Config): { parallel: number; threads: number } {
  const cores = availableParallelism();
  const side = parallel ?? cores;
  return { parallel: side, threads: training.threads ?? Math.max(1, Math.floor(cores / side)) };
}

/**
 * The trainings of a comparison in the order in which they are begun: the orthogonal networks and the reference first,
 * so that one knows early whether there is anything to remove.
 */
export function planJobs(config: Config, folder: string, cache: string, rounds: number): PlannedJob[] {
  const { threads } = sharesOf(config);
  const common = { folder, config, threads, compiledCache: join(cache, 'compiled') };
  const networkCache = join(cache, 'networks');
  const methods = methodsOf(config);
  const all = Array.from({ length: rounds }, (_, round) => round);
  const orthogonalIds = (round: number) => config.orthogonal.map(({ name }) => orthogonalJobId(name, round));
  const orthogonal = all.flatMap((round) =>
    config.orthogonal.map(({ name }, task): PlannedJob => {
      const id = orthogonalJobId(name, round);
      return {
        job: { ...common, kind: 'orthogonal', id, round, task, networkCache },
        after: [],
      };
    }),
  );
  const training = methods.flatMap((method) =>
    all.map((round): PlannedJob => {
      const before = methods.some(({ id }) => id === method.start) ? [methodJobId(method.start, round)] : [];
      return {
        job: { ...common, kind: 'method', id: methodJobId(method.id, round), round, method },
        after: [...orthogonalIds(round), ...before],
      };
    }),
  );
  return [...orthogonal, ...training];
}
