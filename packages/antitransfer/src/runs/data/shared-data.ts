import { canonicalJson } from '../../files/canonical-json.js';
import { augmentsSamples } from '../../learning/augmentations/registry.js';
import { looksOfCorrection } from '../../learning/corrections/registry.js';
import { describeObjective } from '../../learning/objectives/registry.js';
import { augmentationOf } from '../config/augmentation.js';
import { methodsOf } from '../config/methods.js';
import type { Experiment } from '../config/schema.js';
import { type DrawnSplits, drawSplits } from './draw-splits.js';
import { mostlySilence } from './mostly-silence.js';
import { type PreparedData, prepare } from './prepare.js';
import type { SettleOptions } from './settle-splits.js';

/** The data of experiments that are planned together: what several have in common is drawn and prepared once. */
export class SharedData {
  readonly #drawn = new Map<string, Promise<DrawnSplits>>();
  readonly #silence = new Map<string, Promise<string[]>>();
  readonly #prepared = new Map<string, Promise<Prepared>>();

  /** As {@link drawSplits}. */
  draw(experiment: Experiment): Promise<DrawnSplits> {
    return once(this.#drawn, keyOfDraw(experiment), () => drawSplits(experiment));
  }

  /** As {@link mostlySilence}. */
  silence(experiment: Experiment, drawn: DrawnSplits, signal?: AbortSignal): Promise<string[]> {
    const key = canonicalJson([keyOfDraw(experiment), experiment.features]);
    return once(this.#silence, key, () => mostlySilence(experiment, drawn, signal));
  }

  /** As {@link prepare}, for splits that {@link draw} returned. */
  async prepare(experiment: Experiment, drawn: DrawnSplits, options: SettleOptions): Promise<PreparedData> {
    let isFirst = false;
    const { data, settled } = await once(this.#prepared, keyOfData(experiment), async () => {
      isFirst = true;
      let last = drawn;
      const check = async (again: DrawnSplits) => {
        last = again;
        await options.check?.(again);
      };
      return { data: await prepare(experiment, drawn, { ...options, check }), settled: last };
    });
    // Splits that were drawn again are looked at by every experiment.
    if (!isFirst && settled !== drawn) await options.check?.(settled);
    return data;
  }
}

interface Prepared {
  readonly data: PreparedData;
  /** The splits in the end: drawn again where clips could not be used. */
  readonly settled: DrawnSplits;
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** All that splits are drawn by. */
function keyOfDraw(experiment: Experiment): string {
  const { data, target, orthogonal, split, seeds, firstSeed, splits, firstSplit, features } = experiment;
  const drawn = [seeds, firstSeed, splits ?? null, firstSplit ?? null];
  return canonicalJson([data, target, orthogonal, split, drawn, features.seconds]);
}

/** All that sets of clips and their features are made by. Of methods that is which labels, and whose samples, they look at. */
function keyOfData(experiment: Experiment): string {
  const { features, segments, training } = experiment;
  const looked = methodsOf(experiment).map((method) => ({
    labels: method.objectives.filter((one) => describeObjective(one).seesLabels).map((one) => one.orthogonal),
    samples: augmentsSamples(augmentationOf(method, training)),
    corrected: method.correction && {
      id: method.id,
      orthogonal: method.correction.orthogonal,
      clips: looksOfCorrection(method.correction).orthogonal,
    },
  }));
  return canonicalJson([keyOfDraw(experiment), features, segments, looked]);
}
