import { paths } from './folder/paths.js';
import type { RunOptions } from './run-experiment.js';
import { Claim, type Holder } from './store/claim.js';
import type { HeldClaim } from './store/held-claim.js';
import { storeAt } from './store/store-at.js';

/**
 * Does what is to be done at a comparison's folder, from the first look at it to the report, with the folder taken:
 * another process at the same folder is waited for. Beside the store stands meanwhile that it is used, so that nothing is
 * cleared that is needed next.
 *
 * @throws the signal's reason when it aborts
 */
export function holdingRun<T>(options: RunOptions, work: () => Promise<T>): Promise<T> {
  const { folder, observer } = options;
  return holdingRuns([folder], { ...options, onWait: (holder) => observer?.onWait?.(holder) }, work);
}

/** Whose folders are taken. */
export interface HoldOptions extends Pick<RunOptions, 'store' | 'cache' | 'signal'> {
  readonly onWait?: (holder: Holder, folder: string) => void;
}

/** The same of several folders: one after another, so that two processes that take them in one order never wait for each other. */
export async function holdingRuns<T>(
  folders: readonly string[],
  { store, cache, signal = new AbortController().signal, onWait }: HoldOptions,
  work: () => Promise<T>,
): Promise<T> {
  const held: HeldClaim[] = [];
  try {
    for (const folder of folders)
      held.push(await Claim.await(paths.claim(folder), signal, (holder) => onWait?.(holder, folder)));
    held.push(await storeAt(store, cache).use(signal));
    return await work();
  } finally {
    for (const claim of held.toReversed()) await claim.release();
  }
}
