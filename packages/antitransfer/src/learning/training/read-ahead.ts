import type { Tensor } from 'onnx-autograd';
import { type Dataset, readFeatures, sizeOf } from './dataset.js';

/** How many are being made while one is used: the next, and one more for a read that takes longer than a step. */
const ahead = 2;

/**
 * Makes things in order, two ahead of the one that is used: reading from disk goes on while a step computes.
 *
 * @param first index of the first, of `count`
 * @throws what `make` throws, when its turn comes
 */
export async function* readAhead<T>(
  first: number,
  count: number,
  make: (index: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const pending: Promise<T>[] = [];
  let next = first;
  try {
    for (let index = first; index < count; index++) {
      while (next < count && next <= index + ahead) {
        const making = make(next++);
        // It is reported when its turn comes; until then it must not count as unhandled.
        making.catch(() => undefined);
        pending.push(making);
      }
      const made = pending.shift();
      if (made !== undefined) yield await made;
    }
  } finally {
    await Promise.allSettled(pending);
  }
}

/** Some clips of a dataset, one after another. */
export interface ClipBatch {
  readonly clips: readonly number[];
  /** `(batch, channels, frames, bins)`. */
  readonly features: Tensor;
}

/** All clips of a dataset in their order, in batches; the last one may be short. */
export function batchesInOrder(data: Dataset, batch: number): AsyncGenerator<ClipBatch, void, undefined> {
  const count = sizeOf(data);
  return readAhead(0, Math.ceil(count / batch), async (index) => {
    const first = index * batch;
    const clips = Array.from({ length: Math.min(batch, count - first) }, (_, i) => first + i);
    return { clips, features: await readFeatures(data, clips) };
  });
}
