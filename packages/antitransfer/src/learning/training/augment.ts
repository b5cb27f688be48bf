import type { Random, Tensor } from 'onnx-autograd';
import { type ClipFeatures, rowLengthOf } from '../../data/features/store/clip-features.js';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';
import { rowsOf } from '../../numbers/rows-of.js';
import type { Augmentation, Mixture, PassingClip } from '../augmentations/definition.js';

/** A clip as often as it comes in an epoch. */
export interface DrawnClip {
  /** Its index among the training clips. */
  readonly clip: number;
  /** How often it came before in the epoch. */
  readonly before: number;
}

/** Counts how often each clip of an epoch's batches came before. */
export function countRepeats(batches: readonly (readonly number[])[]): DrawnClip[][] {
  const counts = new Map<number, number>();
  return batches.map((batch) =>
    batch.map((clip) => {
      const before = counts.get(clip) ?? 0;
      counts.set(clip, before + 1);
      return { clip, before };
    }),
  );
}

/** Where the samples of training clips are, and what makes features of them. */
export interface ClipSound {
  /** A row a clip: the samples of its segment, and anything behind. */
  readonly samples: ClipFeatures;
  /** Of a segment. */
  readonly length: number;
  /** `(batch, samples)` to `(batch, frames, bins)`, as they are stored. */
  features(segments: Float32Array): Promise<Float32Array>;
}

/** The augmentations of a training. */
export class Augmentations {
  /**
   * @param list in the order in which they are done: those of samples first
   * @param sound where some change samples
   * @throws UserError when they do not go together
   */
  constructor(
    readonly list: readonly Augmentation[],
    readonly sound: ClipSound | undefined,
  ) {
    requireOneMixture(list);
    const onSamples = list.find(({ changeSamples }) => changeSamples !== undefined);
    if (onSamples !== undefined && sound === undefined)
      throw new UserError(
        `"${onSamples.name}" changes samples: a training needs the clips' \`sound\` for it.`,
      );
  }

  /** Whether each clip is a mixture of two. */
  get mixesLabels(): boolean {
    return this.list.some(({ mix }) => mix !== undefined);
  }

  /**
   * The features of clips whose samples were changed.
   *
   * @param epoch what is random in the epoch
   * @returns `(batch, channels, frames, bins)`; undefined where nothing changes samples
   */
  async fromSamples(
    drawn: readonly DrawnClip[],
    shape: readonly number[],
    epoch: Random,
  ): Promise<Tensor | undefined> {
    const { list, sound } = this;
    if (sound === undefined || list.every(({ changeSamples }) => changeSamples === undefined))
      return undefined;
    const stored = new Float32Array(drawn.length * rowLengthOf(sound.samples.shape));
    await sound.samples.read(
      drawn.map(({ clip }) => clip),
      stored,
    );
    const segments = new Float32Array(drawn.length * sound.length);
    for (const [row, samples] of rowsOf(stored, drawn.length).entries()) {
      const own = segments.subarray(row * sound.length, (row + 1) * sound.length);
      own.set(samples.subarray(0, sound.length));
      for (const [index, augmentation] of list.entries())
        await augmentation.changeSamples?.({
          samples: own,
          random: randomOf(itemAt(drawn, row), augmentation, index, epoch),
        });
    }
    return { type: 'float32', dims: [drawn.length, ...shape], data: await sound.features(segments) };
  }

  /**
   * Changes the features of a batch in place, one augmentation after another.
   *
   * @param features `(batch, channels, frames, bins)`, not standardised
   * @param epoch what is random in the epoch
   * @returns with what the clips were mixed; undefined when they were not
   */
  change(features: Tensor, drawn: readonly DrawnClip[], epoch: Random): Mixture | undefined {
    const rows = rowsOf(float32Of(features), drawn.length);
    let mixture: Mixture | undefined;
    for (const [index, augmentation] of this.list.entries()) {
      // Streams of random numbers are not made for what draws none here.
      if (augmentation.change === undefined && augmentation.mix === undefined) continue;
      const batch = drawn.map(
        (one, row): PassingClip => ({
          features: itemAt(rows, row),
          random: randomOf(one, augmentation, index, epoch),
        }),
      );
      if (augmentation.change) for (const clip of batch) augmentation.change(clip);
      mixture = augmentation.mix?.(batch) ?? mixture;
    }
    return mixture;
  }
}

function randomOf({ clip, before }: DrawnClip, { name }: Augmentation, index: number, epoch: Random): Random {
  return epoch.fork(`clip ${clip}, ${before} before`).fork(`${name} ${index}`);
}

/** @throws UserError when several mix labels: a clip is of two classes at most */
function requireOneMixture(augmentations: readonly Augmentation[]): void {
  const mixing = augmentations.filter(({ mix }) => mix !== undefined).map(({ name }) => `"${name}"`);
  if (mixing.length > 1) throw new UserError(`${mixing.join(' and ')} each mix labels; leave one.`);
}
