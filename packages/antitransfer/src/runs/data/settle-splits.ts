import type { CutAccount } from '../../data/segments/cut-clips.js';
import { codeUnitOrder } from '../../numbers/order.js';
import type { Experiment } from '../config/schema.js';
import type { Store } from '../store/store.js';
import { cutDrawn, drawnClips } from './cut-drawn.js';
import { type DrawnSplits, drawFrom } from './draw-splits.js';
import { type FoundOut, findOut, type HeardClip, Knowledge, soundOf } from './found-out.js';

export interface SettleOptions {
  readonly store: Store;
  /** That compute features side by side; one, this one, when absent. */
  readonly processes?: number;
  readonly onPhase?: (phase: 'segments' | 'features') => void;
  readonly onProgress?: (done: number, total: number) => void;
  /** Looks at splits that were drawn again, without what cannot be used. */
  readonly check?: (drawn: DrawnSplits) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Splits of clips that can all be used, and whose features are stored. */
export interface SettledSplits {
  /** Of windows, where the experiment cuts clips. */
  readonly drawn: DrawnSplits;
  /** What features are stored under, by the clip's sound. */
  readonly keys: ReadonlyMap<string, string>;
  /** What was heard of each clip, by its sound without noise. */
  readonly heard: ReadonlyMap<string, HeardClip>;
  /** What became of clips that were cut into windows. */
  readonly windows: CutAccount | undefined;
}

/**
 * Cuts the drawn clips into windows where the experiment asks for it, and stores the features of all. What cannot be used,
 * or sounds the same as another one, is known only then: splits are drawn again, so that every side is checked.
 *
 * @throws UserError when a recording cannot be used, or the others do not allow the splits.
 * @throws the signal's reason when it aborts; what is computed stays computed.
 */
export async function settleSplits(
  experiment: Experiment,
  drawn: DrawnSplits,
  options: SettleOptions,
): Promise<SettledSplits> {
  const known = new Knowledge(drawn.corpora);
  for (let whole = drawn; ; ) {
    const cut = await cutClips(experiment, whole, options);
    const { keys, foundOut } = await storeFeatures(experiment, cut.drawn, options);
    if (!known.learn(foundOut, whole.recordings)) return { ...cut, keys, heard: foundOut.heard };
    whole = drawFrom(experiment, known.corpora, known.alike, whole.recordings);
    await options.check?.(whole);
  }
}

async function cutClips(
  experiment: Experiment,
  drawn: DrawnSplits,
  { onPhase, onProgress, signal }: SettleOptions,
): Promise<Pick<SettledSplits, 'drawn' | 'windows'>> {
  if (experiment.segments === null) return { drawn, windows: undefined };
  onPhase?.('segments');
  const cut = await cutDrawn(experiment, drawn, experiment.segments, {
    ...(onProgress && { onProgress: ({ done, total }) => onProgress(done, total) }),
    ...(signal && { signal }),
  });
  onPhase?.('features');
  return cut;
}

/** Stores the features of every clip. Recordings that cannot be used have none. */
async function storeFeatures(
  { features, data }: Experiment,
  drawn: DrawnSplits,
  { store, processes, onProgress, signal }: SettleOptions,
): Promise<{ readonly keys: ReadonlyMap<string, string>; readonly foundOut: FoundOut }> {
  const clips = [...new Map(drawnClips(drawn).map((clip) => [soundOf(clip), clip])).entries()]
    .sort(([a], [b]) => codeUnitOrder(a, b))
    .map(([, clip]) => clip);
  const added = await store.features.add(clips, features, {
    onProblem: data.problems,
    ...(processes !== undefined && { processes }),
    ...(onProgress && { onProgress: ({ done, total }) => onProgress(done, total) }),
    ...(signal && { signal }),
  });
  const keys = new Map(
    clips.flatMap((clip, i) => {
      const key = added.keys[i];
      return key === undefined ? [] : [[soundOf(clip), key]];
    }),
  );
  return { keys, foundOut: findOut(clips, added) };
}
