import type { Clip } from '../../data/clip.js';
import type { AddedFeatures } from '../../data/features/store/adding.js';
import type { Progress } from '../../data/progress.js';
import type { CutAccount } from '../../data/segments/cut.js';
import { entryOf } from '../../lookup.js';
import { codeUnitOrder } from '../../numbers/order.js';
import type { Experiment } from '../config/schema.js';
import type { Store } from '../store/store.js';
import { cutDrawn, drawnClips } from './cut-drawn.js';
import { type DrawnSplits, drawFrom } from './draw-splits.js';
import { type FoundOut, findOut, type HeardClip, Knowledge, soundOf } from './found-out.js';
import { samplesOfTraining } from './samples.js';

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
    const { foundOut, ...stored } = await storeFeatures(experiment, whole, options);
    if (!known.learn(foundOut, whole.recordings)) return { ...stored, heard: foundOut.heard };
    whole = drawFrom(experiment, known.corpora, known.alike, whole.recordings);
    await options.check?.(whole);
  }
}

type Stored = Omit<SettledSplits, 'heard'> & { readonly foundOut: FoundOut };

/** Stores the features of every clip, or of its windows. Recordings that cannot be used have none. */
async function storeFeatures(
  experiment: Experiment,
  drawn: DrawnSplits,
  { store, processes, onPhase, onProgress, signal }: SettleOptions,
): Promise<Stored> {
  const { features, data, segments } = experiment;
  const alongside = samplesOfTraining(experiment, drawn);
  const options = {
    onProblem: data.problems,
    ...(processes !== undefined && { processes }),
    ...(onProgress && { onProgress: ({ done, total }: Progress) => onProgress(done, total) }),
    ...(signal && { signal }),
    ...(alongside && { alongside }),
  };
  if (segments === null) {
    const clips = bySound(drawnClips(drawn));
    const added = await store.features.add(clips, features, options);
    return { drawn, windows: undefined, keys: keysOf(clips, added), foundOut: findOut(clips, added) };
  }
  onPhase?.('segments');
  const whole = drawnClips(drawn).toSorted((a, b) => codeUnitOrder(soundOf(a), soundOf(b)));
  const added = await store.features.addWindows(whole, features, segments, options);
  onPhase?.('features');
  const cut = cutDrawn(experiment, drawn, segments, added);
  const indexOf = new Map(added.clips.map((clip, index) => [clip, index]));
  const clips = bySound(drawnClips(cut));
  const indices = clips.map((clip) => entryOf(indexOf, clip));
  const own = {
    rows: added.features.rows,
    keys: indices.map((index) => added.features.keys[index]),
    problemOf: new Map(
      indices.flatMap((index, i) => {
        const problem = added.features.problemOf.get(index);
        return problem === undefined ? [] : [[i, problem]];
      }),
    ),
  };
  return { drawn: cut, windows: added.account, keys: keysOf(clips, own), foundOut: findOut(clips, own) };
}

/** One clip of each sound, in an order that depends on nothing else. */
function bySound(clips: readonly Clip[]): Clip[] {
  return [...new Map(clips.map((clip) => [soundOf(clip), clip])).entries()]
    .sort(([a], [b]) => codeUnitOrder(a, b))
    .map(([, clip]) => clip);
}

function keysOf(clips: readonly Clip[], { keys }: Pick<AddedFeatures, 'keys'>): Map<string, string> {
  return new Map(
    clips.flatMap((clip, i) => {
      const key = keys[i];
      return key === undefined ? [] : [[soundOf(clip), key]];
    }),
  );
}
