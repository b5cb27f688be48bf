import { paths } from './folder/paths.js';
import type { RunOptions } from './run-experiment.js';
import { Claim } from './store/claim.js';
import { useStore } from './store/users.js';

/**
 * Does what is to be done at a comparison's folder, from the first look at it to the report, with the folder taken:
 * another process at the same folder is waited for. Beside the store stands meanwhile that it is used, so that nothing is
 * cleared that is needed next.
 *
 * @throws the signal's reason when it aborts
 */
export async function holdingRun<T>(
  { folder, store, signal = new AbortController().signal, observer }: RunOptions,
  work: () => Promise<T>,
): Promise<T> {
  const ofFolder = await Claim.await(paths.claim(folder), signal, (holder) => observer?.onWait?.(holder));
  try {
    const ofStore = await useStore(store, signal);
    try {
      return await work();
    } finally {
      await ofStore.release();
    }
  } finally {
    await ofFolder.release();
  }
}
