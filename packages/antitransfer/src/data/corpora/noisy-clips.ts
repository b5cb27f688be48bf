import type { Random } from 'onnx-autograd/random';
import { UserError } from '../../errors.js';
import type { Clip } from '../clip.js';
import { addNoise, type NoiseRecording } from './add-noise.js';

/** How loud the noise is, and how long it is heard. */
export interface NoisyOptions {
  /** Signal-to-noise ratios in dB; each is as likely as the others. */
  readonly levels: readonly number[];
  /** Seconds of noise that a clip needs: as far as it goes, noise begins so long before its recording ends. */
  readonly seconds: number;
  /** Part of each recording, from its start, that is heard; all of it when absent. */
  readonly part?: number;
}

/** Label columns that noise sets. */
export const noiseColumns = ['noise', 'snr'] as const;

/**
 * The type of a noise: its recording's name without the number behind it, so that `Babble_1` and `Babble_12` are `Babble`,
 * as in MS-SNSD.
 */
export function noiseType({ name }: Pick<NoiseRecording, 'name'>): string {
  const type = name.replace(/[ _-]\d+$/, '');
  return type === '' ? name : type;
}

/**
 * Noise at random in every clip: a type, one of its recordings, where in it the noise begins, and a level, each as likely as
 * the others. Type and level become the labels `noise` and `snr`. What a clip gets depends on its id and the stream only: not
 * on other clips, nor on their order.
 *
 * ```ts
 * const noises = await listNoises('MS-SNSD/noise_train');
 * const noisy = noisyClips(clips, noises, { levels: [20, 25, 30, 35, 40], seconds: 1 }, new Random(0));
 * ```
 *
 * @throws UserError when there is no noise or no level, a part of one is shorter than a clip, or a clip has noise or such a label already
 */
export function noisyClips(
  clips: readonly Clip[],
  noises: readonly NoiseRecording[],
  { levels, seconds, part = 1 }: NoisyOptions,
  random: Random,
): Clip[] {
  const types = [...new Set(noises.map(noiseType))].sort();
  if (types.length === 0 || levels.length === 0) {
    throw new UserError(
      `There are ${noises.length} noises and ${levels.length} levels to mix in; at least one of each is needed.`,
    );
  }
  for (const clip of clips) requireClean(clip);
  const short = noises.find(({ duration }) => part < 1 && part * duration < seconds);
  if (short) {
    throw new UserError(
      `The noise "${short.name}" lasts ${short.duration} s: a part of ${part} of it has no segment of ${seconds} s. Bring a ` +
        'longer recording, or let more of it be heard.',
    );
  }
  const { clips: noisy } = addNoise({ name: '', clips }, noises, ({ id }) => {
    const own = random.fork(id);
    const type = own.pick(types);
    const { name, duration } = own.pick(noises.filter((noise) => noiseType(noise) === type));
    const latest = Math.max(0, part * duration - seconds);
    return { noise: name, start: latest * own.uniform(), snr: own.pick(levels) };
  });
  return noisy.map((clip) => {
    const { noise = '' } = clip.labels;
    return { ...clip, labels: { ...clip.labels, noise: noiseType({ name: noise }) } };
  });
}

function requireClean({ id, labels, noise }: Clip): void {
  const column = noiseColumns.find((name) => Object.hasOwn(labels, name));
  if (noise === undefined && column === undefined) return;
  throw new UserError(
    column === undefined
      ? `Clip "${id}" has noise already; none is mixed in again.`
      : `Clip "${id}" has the label "${labels[column]}" in the column ${column}, which the noise that is mixed in would ` +
          'replace. Call that column otherwise, or mix no noise in.',
  );
}
