import { basename, extname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { LeftOutTally } from '../account/account.js';
import { AudioError } from '../audio/audio-error.js';
import { decodeAudioFile } from '../audio/decode.js';
import type { Clip, Corpus } from '../clip.js';
import { UnusableRecordingsError } from '../features/unusable-recordings.js';
import { addLeftOut, listCounted } from './left-out.js';
import { isAudioName, kindOfPath } from './list-files.js';

/** A recording of noise. */
export interface NoiseRecording {
  /** The file's name without its extension: the label. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** In seconds. */
  readonly duration: number;
}

/** Which noise a clip gets. */
export interface NoiseChoice {
  /** A {@link NoiseRecording.name}. */
  readonly noise: string;
  /** Where its segment begins, in seconds. */
  readonly start: number;
  /** Signal-to-noise ratio in dB. */
  readonly snr: number;
}

/** Labels of a clip that gets no noise. */
const NO_NOISE = { noise: 'none', snr: 'none' } as const;

/** The error for a folder of noises that is not there. */
export function noFolderOfNoises(folder: string): UserError {
  return new UserError(
    `There is no folder of noises "${folder}". Recordings of noise are in noise_train of MS-SNSD ("antitransfer data fetch ms-snsd") ` +
      'and in _background_noise_ of Speech Commands ("antitransfer data fetch speech-commands").',
  );
}

/**
 * The noise recordings in a folder, by name.
 *
 * @param skip is told of each that cannot be used, which is left out then
 * @param leftOut counts the files that are no recordings, and those that cannot be used
 * @throws UserError when there is none, or two have one name; when one cannot be used and there is no `skip`
 */
export async function listNoises(
  folder: string,
  skip?: (problem: AudioError) => void,
  leftOut = new LeftOutTally(),
): Promise<NoiseRecording[]> {
  if ((await kindOfPath(folder)) !== 'folder') throw noFolderOfNoises(folder);
  const noises: NoiseRecording[] = [];
  const problems: AudioError[] = [];
  for (const file of await listCounted(folder, leftOut)) {
    if (!isAudioName(file)) {
      addLeftOut(leftOut, file, folder);
      continue;
    }
    const path = resolve(join(folder, file));
    try {
      const { samples, sampleRate } = await decodeAudioFile(path);
      noises.push({ name: basename(file, extname(file)), path, duration: samples.length / sampleRate });
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      problems.push(error);
      leftOut.add('unusable', error.reason, file);
    }
  }
  if (problems.length > 0 && skip === undefined) throw new UnusableRecordingsError(problems);
  for (const problem of problems) skip?.(problem);
  const names = noises.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`Two noises in "${folder}" are named "${twice}". Rename one.`);
  if (noises.length === 0) {
    const which = problems.length === 0 ? '' : ' that can be used';
    throw new UserError(`There is no audio file${which} in the folder of noises "${folder}".`);
  }
  return noises;
}

/**
 * A corpus with noise in it: sets each clip's `noise`, and the labels `noise` (the recording's name) and `snr`
 * (dB). The mixing is done when a clip is read.
 *
 * ```ts
 * const noisy = addNoise(corpus, await listNoises('noises'), (clip, noises) => {
 *   const { name, duration } = random.pick(noises);
 *   return { noise: name, start: random.uniform() * (duration - 1), snr: 10 * random.uniform() };
 * });
 * ```
 *
 * @param choose the noise for a clip, or undefined for none (both labels are then `none`)
 * @throws UserError when a choice names an unknown noise, or a start outside of it
 */
export function addNoise(
  corpus: Corpus,
  noises: readonly NoiseRecording[],
  choose: (clip: Clip, noises: readonly NoiseRecording[]) => NoiseChoice | undefined,
): Corpus {
  const clips = corpus.clips.map((clip) => {
    const choice = choose(clip, noises);
    if (choice === undefined) return { ...clip, labels: { ...clip.labels, ...NO_NOISE } };
    const { noise: name, start, snr } = choice;
    const recording = noises.find((noise) => noise.name === name);
    if (recording === undefined) {
      const known = noises.map((noise) => noise.name).join(', ');
      throw new UserError(`Clip "${clip.id}": there is no noise "${name}". Choose one of: ${known}.`);
    }
    if (!(start >= 0 && start < recording.duration)) {
      throw new UserError(
        `Clip "${clip.id}": noise "${name}" lasts ${recording.duration} s; a segment cannot begin at ${start} s.`,
      );
    }
    return {
      ...clip,
      labels: { ...clip.labels, noise: name, snr: String(snr) },
      noise: { path: recording.path, start, snr },
    };
  });
  return { ...corpus, clips };
}
