import type { Experiment } from '../config/schema.js';
import type { Store } from '../store/store.js';

/** Networks that a user gave, by content. */
export interface GivenModels {
  /** To be trained. */
  readonly network: string | null;
  /** To be trained on an orthogonal task, by its name, where it has a network of its own. */
  readonly own: ReadonlyMap<string, string>;
  /** Trained already, by the orthogonal task's name. */
  readonly tasks: ReadonlyMap<string, string>;
}

/**
 * Keeps the networks in the store that the files of an experiment hold.
 *
 * @throws UserError when there is none.
 */
export async function keepModels({ network, orthogonal }: Experiment, store: Store): Promise<GivenModels> {
  const tasks = new Map<string, string>();
  const own = new Map<string, string>();
  for (const { name, model, network: apart } of orthogonal) {
    if (model !== null) tasks.set(name, await store.keepModel(model));
    if (apart !== null && apart.model !== null) own.set(name, await store.keepModel(apart.model));
  }
  return { network: network.model === null ? null : await store.keepModel(network.model), own, tasks };
}
