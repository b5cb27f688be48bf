import { principalComponents } from '../../analysis/principal-components.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { tapped } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { observeValue } from '../../learning/training/observe.js';
import { itemAt } from '../../lookup.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { ClipLoader } from '../../runs/data/load-clips.js';
import type { StorePlaces } from '../../runs/folder/comparison-clips.js';
import { meanOfWindows, rowsOfClips } from '../../runs/store/average-by-clip.js';
import { findRun } from '../find-run.js';

/** Which network is looked at, and where. */
export interface TapMapChoice {
  /** The method's id. */
  readonly method: string;
  readonly seed: number;
  readonly fold?: number;
  /** A tap of the network: `conv4_2`. */
  readonly tap: string;
}

/** The test clips as a network has them at a tap, laid out on a plane. */
export interface TapMap {
  /** Each test clip, in the order of predictions. */
  readonly points: readonly TapPoint[];
  /** Which part of what varies between clips each axis shows, in [0, 1]. */
  readonly explained: readonly [x: number, y: number];
}

/** A test clip on the map of a tap. */
export interface TapPoint {
  /** The clip's id, as predictions have it. */
  readonly clip: string;
  readonly x: number;
  readonly y: number;
}

/**
 * The first two principal components of what a trained network says of its test clips at a tap: feature maps averaged over
 * time and frequency, and over the windows of a clip, as probes read them. Runs the stored network on stored features; the same
 * choice always gives the same map.
 *
 * ```ts
 * const { points, explained } = await tapMap('runs/demo', { method: 'cka', seed: 1, tap: 'conv4_2' });
 * ```
 *
 * @throws UserError when the folder is no comparison's, there is no such training or it is not finished, or the network has no such tap
 * @throws MissingFeaturesError when the store has features no longer
 */
export async function tapMap(
  folder: string,
  { tap, ...choice }: TapMapChoice,
  { store, cache = defaultCache() }: StorePlaces = {},
): Promise<TapMap> {
  const found = await findRun(folder, choice, { store, cache });
  const job = await found.job.job();
  if (job?.kind !== 'target')
    throw new UserError(`"${found.job.folder}" holds no job: run the comparison again.`);
  const loader = await ClipLoader.open(found.store, job.features, job.standardisation);
  try {
    const network = standardised(await loadNetwork(found.network), loader.standardisation);
    const value = tapped(network, tap, found.experiment.position);
    const test = await loader.load(found.test, job.column, job.classes);
    const [maps = new Float32Array()] = await observeValue(network, value, [test], {
      batch: job.training.batch,
      threads: 1,
    });
    const set = await found.store.set(found.test);
    const rows = rowsOfClips(set);
    const vectors = meanOfWindows(rowsOf(maps, set.clips.length), rows);
    const { coordinates, explained } = principalComponents(vectors, 2);
    const points = coordinates.map((at, i): TapPoint => {
      const row = itemAt(itemAt(rows, i), 0);
      const isWindow = itemAt(set.clips, row).windowOf !== undefined;
      return { clip: nameOf(itemAt(found.clips, row), isWindow), x: itemAt(at, 0), y: itemAt(at, 1) };
    });
    return { points, explained: [itemAt(explained, 0), itemAt(explained, 1)] };
  } finally {
    await loader.close();
  }
}

/** A window is called by its clip's id and where it begins in it. */
function nameOf(id: string, isWindow: boolean): string {
  return isWindow ? id.slice(0, id.lastIndexOf('#')) : id;
}
