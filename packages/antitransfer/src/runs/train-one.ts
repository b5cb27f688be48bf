import { type MethodSettings, methodPresets, resolveMethod } from './config/method.js';
import { nearest } from '../nearest.js';
import type { Config } from './config/schema.js';
import { UserError } from '../errors.js';
import { methodJobId, places } from './store/paths.js';
import { methodsOf } from './plan/jobs.js';
import type { RunResult } from './store/records.js';
import { openWorkspace, trainAll, type WorkspaceOptions } from './workspace.js';

/** One trained network and where its files are. */
export interface TrainedRun {
  readonly run: RunResult;
  /** Features in, logits out. */
  readonly network: string;
  /** Samples in, probabilities out. */
  readonly model: string;
  /** A line of JSON an epoch. */
  readonly metrics: string;
}

/**
 * The configuration of one method with one seed. Methods that it starts from come with it.
 *
 * @param id a method of the configuration, or of those known by name; the configuration's first when absent
 * @throws UserError when there is no such method.
 */
export function configOfOne(config: Config, id: string | undefined, seed: number): Config {
  const own = methodsOf(config);
  const found = id === undefined ? own[0] : (own.find((method) => method.id === id) ?? presetOf(id));
  if (found === undefined) {
    const names = [...new Set([...own, ...methodPresets].map((method) => method.id))];
    throw new UserError(
      `There is no method "${id}"; methods are ${names.join(', ')}.${nearest(id ?? '', names)}`,
    );
  }
  return { ...config, methods: withBeginnings(found, own), seeds: 1, firstSeed: seed };
}

function presetOf(id: string): MethodSettings | undefined {
  return methodPresets.some((preset) => preset.id === id) ? resolveMethod(id) : undefined;
}

/** The method behind those that it starts from. */
function withBeginnings(method: MethodSettings, own: readonly MethodSettings[]): MethodSettings[] {
  const before = own.find(({ id }) => id === method.start);
  return before === undefined ? [method] : [...withBeginnings(before, own), method];
}

/**
 * Trains the last method of a configuration with its one seed (in each fold, when the split has folds); the orthogonal
 * networks first, unless the cache has them.
 *
 * @throws UserError when the configuration or the data do not allow it; what is done stays done.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function trainOne(config: Config, options: WorkspaceOptions): Promise<TrainedRun[]> {
  const { folder } = options;
  const workspace = await openWorkspace(config, options);
  const results = await trainAll(workspace, options);
  const method = methodsOf(config).at(-1) as MethodSettings;
  return workspace.prepared.rounds.flatMap((_, round) => {
    const id = methodJobId(method.id, round);
    const result = results.get(id);
    if (result?.kind !== 'method') return [];
    return [
      {
        run: result.run,
        network: places.network(folder, id),
        model: places.model(folder, id),
        metrics: places.metrics(folder, id),
      },
    ];
  });
}
