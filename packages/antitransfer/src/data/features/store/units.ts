import { stat } from 'node:fs/promises';
import { itemAt } from '../../../lookup.js';
import { codeUnitOrder } from '../../../numbers/order.js';
import type { Clip } from '../../clip.js';
import { concurrently } from './concurrently.js';

/** Clips that are computed one after another, and recordings that are held for it: what is lost when a process dies. */
const limits = { clips: 256, bytes: 32 * 2 ** 20 };

/** Files whose sizes are asked for at the same time. */
const CONCURRENCY = 32;

/** Indices of clips that one process computes, in reading order. */
export type Unit = readonly number[];

/**
 * Divides clips into units: those of one recording side by side and in one unit, so that it is read and decoded once. The same
 * clips make the same units, whoever works on them, and so the same packs.
 *
 * @throws the signal's reason when it aborts
 */
export async function divideIntoUnits(clips: readonly Clip[], signal?: AbortSignal): Promise<Unit[]> {
  const sizes = await sizesOf([...new Set(clips.map(({ path }) => path))], signal);
  const units: number[][] = [];
  let [unit, bytes] = [[] as number[], 0];
  for (const recording of byRecording(clips)) {
    const size = sizes.get(itemAt(clips, itemAt(recording, 0)).path) ?? 0;
    if (unit.length > 0 && (unit.length + recording.length > limits.clips || bytes + size > limits.bytes)) {
      units.push(unit);
      [unit, bytes] = [[], 0];
    }
    for (const index of recording) unit.push(index);
    bytes += size;
  }
  if (unit.length > 0) units.push(unit);
  return units;
}

/** Indices of the clips of each file, by where they begin; files in the order of their paths. */
function byRecording(clips: readonly Clip[]): number[][] {
  const order = [...clips.keys()].sort((a, b) => {
    const [one, other] = [itemAt(clips, a), itemAt(clips, b)];
    if (one.path !== other.path) return codeUnitOrder(one.path, other.path);
    return (one.start ?? 0) - (other.start ?? 0) || a - b;
  });
  const recordings: number[][] = [];
  let path: string | undefined;
  for (const index of order) {
    const clip = itemAt(clips, index);
    if (clip.path !== path) recordings.push([]);
    path = clip.path;
    recordings.at(-1)?.push(index);
  }
  return recordings;
}

/** Bytes of files; of those that cannot be read whoever reads them says why. */
async function sizesOf(paths: readonly string[], signal?: AbortSignal): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  await concurrently(paths, CONCURRENCY, async (path) => {
    signal?.throwIfAborted();
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) sizes.set(path, found.size);
  });
  return sizes;
}
