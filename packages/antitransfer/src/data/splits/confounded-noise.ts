import type { Random } from 'onnx-autograd/random';
import type { z } from 'zod';
import { entryOf, itemAt } from '../../lookup.js';
import { drawBetween } from '../../numbers/draw-between.js';
import type { Clip } from '../clip.js';
import { addNoise, type NoiseRecording } from '../corpora/add-noise.js';
import { clipsByLabel, labelOf } from './columns.js';
import { confoundedNoiseSettings } from './confounded-settings.js';
import { defineSplit } from './definition.js';
import { dealGroups } from './group.js';
import { mixture, takeEvenly } from './mixture.js';
import { assignOwners } from './ownership.js';
import type { Recordings } from './recordings.js';
import { type Split, SplitError, type SplitTask } from './split.js';

type Settings = z.infer<typeof confoundedNoiseSettings>;

/** The label column that noise sets. */
const NOISE = 'noise';

/** Which part of a noise recording is heard. */
type Part = 'start' | 'end';

export const confoundedNoise = defineSplit({
  name: 'confounded-noise',
  description:
    'Each noise owns some target classes in training; the test is balanced and has a noise never heard before.',
  settings: confoundedNoiseSettings,
  validation: ({ validation }) => (validation === 'balanced' ? 'unconfounded' : 'training-like'),
  mayDrawAgain: true,
  columns: ({ column }) => [column],
  check: ({ column }) => ({ group: column }),
  create: (settings, clips, parts) =>
    confoundedNoiseSplit(clips, settings, parts, parts.noises, parts.recordings, parts.random),
});

/**
 * Mixes noise into clean clips and confounds it with the target in training: each of some noises owns an equal share
 * of the target classes, `strength` of a class's training clips have its owner in the background, the others evenly
 * the other noises. The test has every noise evenly, those too that training never heard, from another part of the
 * recordings and with other speakers. The orthogonal task is the label `noise`; its clips (`penalty`) are the
 * training side's with noises dealt evenly.
 *
 * A clip with noise has an id of its own: `yes/0a7c_nohash_0.wav+pink_noise@12.345s,4.1dB`.
 *
 * @throws SplitError when the orthogonal column is not `noise`, there are too few noises, or one is too short
 */
function confoundedNoiseSplit(
  clips: readonly Clip[],
  settings: Settings,
  task: SplitTask,
  noises: readonly NoiseRecording[],
  recordings: Recordings,
  random: Random,
): Split {
  const { target } = task;
  requireCleanClips(clips, task);
  const { owners, ownerOf } = chooseNoises(clips, settings, task, noises, random.fork('owners'));
  const dealt = dealGroups(
    clips,
    settings.column,
    settings.fractions,
    task,
    recordings,
    random.fork('groups'),
  );
  const limited = (side: 'train' | 'validation' | 'test') =>
    limitClips(dealt[side], settings.clips[side], target, random.fork(`clips ${side}`));
  const train = limited('train');
  const validation = limited('validation');
  const test = limited('test');

  const mix = (name: string, chosen: readonly Clip[], part: Part, noiseOf: ReadonlyMap<string, string>) =>
    mixNoises(chosen, part, noiseOf, settings, noises, random.fork(`segments ${name}`));
  const owned = (name: string, chosen: readonly Clip[], strength: number) =>
    dealNoises(chosen, target, owners, ownerOf, strength, random.fork(`noises ${name}`));
  const balanced = 1 / owners.length;
  const validationStrength = settings.validation === 'confounded' ? settings.strength : balanced;
  const everyNoise = noises.map(({ name }) => name).sort();
  const noiseOfTest = dealEvenly(test, target, everyNoise, random.fork('noises test'));
  return {
    train: mix('train', train, 'start', owned('train', train, settings.strength)),
    validation: mix('validation', validation, 'start', owned('validation', validation, validationStrength)),
    test: mix('test', test, 'end', noiseOfTest),
    penalty: {
      train: mix('penalty train', train, 'start', owned('penalty train', train, balanced)),
      validation: mix(
        'penalty validation',
        validation,
        'start',
        owned('penalty validation', validation, balanced),
      ),
    },
    contradicts: (clip) => ownerOf.get(labelOf(clip, target)) !== labelOf(clip, NOISE),
    description:
      `confounded-noise: each of ${owners.length} noises owns its share of the ${ownerOf.size} classes of ${target} in ` +
      `training (strength ${settings.strength}); ${noises.length - owners.length} more in the test only; ` +
      `no ${settings.column} is on two sides; ${settings.snr.low} to ${settings.snr.high} dB`,
  };
}

function requireCleanClips(clips: readonly Clip[], { orthogonal }: SplitTask): void {
  if (orthogonal !== NOISE) {
    throw new SplitError(
      `The split "confounded-noise" confounds the noise, but the orthogonal column is "${orthogonal}". Set it to ` +
        `"${NOISE}", or use the split "confounded".`,
    );
  }
  const noisy = clips.find(({ noise }) => noise !== undefined);
  if (noisy === undefined) return;
  throw new SplitError(
    `Clip "${noisy.id}" has noise already. The split "confounded-noise" needs clean clips.`,
  );
}

function chooseNoises(
  clips: readonly Clip[],
  settings: Settings,
  { target }: SplitTask,
  noises: readonly NoiseRecording[],
  random: Random,
): { owners: string[]; ownerOf: Map<string, string> } {
  const names = noises.map(({ name }) => name).sort();
  const classes = [...clipsByLabel(clips, target).keys()];
  const count = settings.owners ?? Math.min(names.length - 1, classes.length);
  if (count < 2 || count > names.length || count > classes.length) {
    throw new SplitError(
      `"owners" is ${count}, but there are ${names.length} noises (${names.join(', ') || 'none'}) and ${classes.length} ` +
        `classes of ${target}. Bring a folder of 3 noises or more, and choose 2 to ${Math.min(names.length, classes.length)}.`,
    );
  }
  const owners = random.shuffle(names).slice(0, count).sort();
  const ownerOf = assignOwners(classes, owners, () => true, random);
  if (ownerOf === undefined)
    throw new Error('Where every noise may own every class, there is an assignment.');
  return { owners, ownerOf };
}

/** At most `limit` clips, as evenly from the classes as they allow. */
function limitClips(
  clips: readonly Clip[],
  limit: number | undefined,
  target: string,
  random: Random,
): readonly Clip[] {
  return limit === undefined ? clips : takeEvenly([...clipsByLabel(clips, target).values()], limit, random);
}

/** The noise of each clip: `strength` of each class gets its owner, the others evenly the other noises. */
function dealNoises(
  clips: readonly Clip[],
  target: string,
  noises: readonly string[],
  ownerOf: ReadonlyMap<string, string>,
  strength: number,
  random: Random,
): Map<string, string> {
  const noiseOf = new Map<string, string>();
  for (const [label, ofClass] of clipsByLabel(clips, target)) {
    const owner = entryOf(ownerOf, label);
    const all = { own: ofClass.length, others: ofClass.length };
    const { own, others } = mixture(all, strength, ofClass.length);
    const rest = noises.filter((name) => name !== owner).map((name) => new Array<string>(others).fill(name));
    const drawn = [...new Array<string>(own).fill(owner), ...takeEvenly(rest, others, random)];
    for (const [index, clip] of random.shuffle(ofClass).entries()) noiseOf.set(clip.id, itemAt(drawn, index));
  }
  return noiseOf;
}

/** The noise of each clip: all noises equally often in each class. */
function dealEvenly(
  clips: readonly Clip[],
  target: string,
  noises: readonly string[],
  random: Random,
): Map<string, string> {
  const noiseOf = new Map<string, string>();
  for (const ofClass of clipsByLabel(clips, target).values()) {
    const pools = noises.map((name) => new Array<string>(ofClass.length).fill(name));
    const drawn = takeEvenly(pools, ofClass.length, random);
    for (const [index, clip] of random.shuffle(ofClass).entries()) noiseOf.set(clip.id, itemAt(drawn, index));
  }
  return noiseOf;
}

function mixNoises(
  clips: readonly Clip[],
  part: Part,
  noiseOf: ReadonlyMap<string, string>,
  { snr, segment, trainPart }: Settings,
  noises: readonly NoiseRecording[],
  random: Random,
): Clip[] {
  const byName = new Map(noises.map((noise) => [noise.name, noise]));
  const mixed = addNoise({ name: '', clips }, noises, (clip) => {
    const noise = entryOf(byName, entryOf(noiseOf, clip.id));
    const border = trainPart * noise.duration;
    const [low, high] = part === 'start' ? [0, border - segment] : [border, noise.duration - segment];
    if (high < low) {
      throw new SplitError(
        `The noise "${noise.name}" lasts ${noise.duration} s: its ${part === 'start' ? 'training' : 'test'} part ` +
          `has no segment of ${segment} s. Bring a longer recording or change "trainPart".`,
      );
    }
    return {
      noise: noise.name,
      start: drawBetween(low, high, random),
      snr: roundTo(drawBetween(snr.low, snr.high, random), 2),
    };
  });
  return mixed.clips.map((clip) => ({ ...clip, id: mixedId(clip) }));
}

/** One recording has other noise in training and among the penalty's clips: other ids. Without noise it keeps its own. */
function mixedId({ id, labels, noise }: Clip): string {
  return noise ? `${id}+${labels[NOISE]}@${roundTo(noise.start, 3)}s,${noise.snr}dB` : id;
}

function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
