import type { Random } from 'onnx-autograd/random';
import type { z } from 'zod';
import { deal } from '../../analysis/deal.js';
import { entryOf, itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';
import { clipsByLabel, distinctLabels, labelOf, sortByLabel } from './columns.js';
import { confoundedSettings } from './confounded-settings.js';
import { defineSplit } from './definition.js';
import { sideSizes } from './fractions.js';
import { mixture, takeEvenly } from './mixture.js';
import { assignOwners } from './ownership.js';
import type { Recordings } from './recordings.js';
import { type Side, type Split, SplitError, type SplitTask } from './split.js';

type Settings = z.infer<typeof confoundedSettings>;
type Pool = Record<Side, Clip[]>;
/** Target class to orthogonal label to clips. */
type Pools = ReadonlyMap<string, ReadonlyMap<string, Pool>>;

/** Draws of owners, for corpora in which not everybody said everything. */
const ATTEMPTS = 50;

/** An owner has at least this part of the mean number of clips that the orthogonal labels have of its class. */
const OWNER_SHARE = 0.5;

export const confounded = defineSplit({
  name: 'confounded',
  description:
    'Each orthogonal label owns some target classes, and most training clips of a class come from its owner; the ' +
    'test is balanced.',
  settings: confoundedSettings,
  validation: ({ validation }) => (validation === 'balanced' ? 'unconfounded' : 'training-like'),
  mayDrawAgain: true,
  columns: ({ order }) => (order === undefined ? [] : [order]),
  create: (settings, clips, parts) => confoundedSplit(clips, settings, parts, parts.recordings, parts.random),
});

/**
 * Confounds the target with the orthogonal label in training: each of some orthogonal labels, chosen at random, owns
 * an equal share of the target classes, and `strength` of a class's training clips come from its owner, the others
 * evenly from the other owners. The test has the clips of every pair of labels. Clips of labels that were not chosen,
 * and the training and validation clips that the strength leaves out, are not used.
 *
 * With `owners: 5`, `order: 'take'` and `validation: 'confounded'`, FSDD gives 360 training, 90 validation, 500 test
 * and 400 penalty clips.
 *
 * @throws SplitError when there are fewer labels than owners, or nobody has clips enough to own a class
 */
function confoundedSplit(
  clips: readonly Clip[],
  settings: Settings,
  task: SplitTask,
  recordings: Recordings,
  random: Random,
): Split {
  const { target, orthogonal } = task;
  const { strength, clipsPerClass } = settings;
  const pools = makePools(clips, settings, task, recordings, random.fork('pools'));
  const ownerOf = chooseOwners(pools, clips, settings, task, random.fork('owners'));
  const owners = [...new Set(ownerOf.values())].sort();

  const mixed = (side: 'train' | 'validation', sideStrength: number) =>
    [...ownerOf].flatMap(([label, owner]) => {
      const draw = random.fork(`${side} ${label}`);
      const byOwner = entryOf(pools, label);
      const own = entryOf(byOwner, owner)[side];
      const others = owners.filter((name) => name !== owner).map((name) => byOwner.get(name)?.[side] ?? []);
      const available = { own: own.length, others: others.reduce((sum, pool) => sum + pool.length, 0) };
      const wanted = mixture(available, sideStrength, clipsPerClass[side]);
      return [...takeEvenly([own], wanted.own, draw), ...takeEvenly(others, wanted.others, draw)];
    });

  const chosenPools = [...pools.values()].flatMap((byOwner) =>
    owners.flatMap((owner) => byOwner.get(owner) ?? []),
  );
  const balanced = 1 / owners.length;
  return {
    train: mixed('train', strength),
    validation: mixed('validation', settings.validation === 'confounded' ? strength : balanced),
    test: chosenPools.flatMap(({ test }) => test),
    penalty: penaltyClips(chosenPools, settings.penalty, recordings, random.fork('penalty')),
    contradicts: (clip) => ownerOf.get(labelOf(clip, target)) !== labelOf(clip, orthogonal),
    description: describe(ownerOf, owners.length, settings, task),
  };
}

/** Deals the clips of each pair of labels to the sides; those of one recording to one, whatever pairs it holds. */
function makePools(
  clips: readonly Clip[],
  settings: Settings,
  { target, orthogonal }: SplitTask,
  recordings: Recordings,
  random: Random,
): Pools {
  const { order, fractions } = settings;
  const pairOf = (clip: Clip) => JSON.stringify([labelOf(clip, target), labelOf(clip, orthogonal)]);
  const sideOf =
    order === undefined && !recordings.areSingle(clips)
      ? dealWhole(clips, pairOf, ['test', 'validation', 'train'], fractions, recordings, random.fork('whole'))
      : new Map<string, Side | undefined>();
  const dealPair = (pair: readonly Clip[]): Pool => {
    const ordered = order === undefined ? random.shuffle(pair) : sortByLabel(pair, order);
    const sizes = sideSizes(ordered.length, fractions);
    let before = 0;
    for (const [recording, members] of recordings.group(ordered)) {
      if (!sideOf.has(recording)) sideOf.set(recording, sideAt(before + members.length / 2, sizes));
      before += members.length;
    }
    const on = (side: Side) => ordered.filter((clip) => sideOf.get(recordings.of(clip)) === side);
    return { test: on('test'), validation: on('validation'), train: on('train') };
  };
  const pairsOf = (ofClass: readonly Clip[]) =>
    new Map([...clipsByLabel(ofClass, orthogonal)].map(([label, pair]) => [label, dealPair(pair)]));
  return new Map([...clipsByLabel(clips, target)].map(([label, ofClass]) => [label, pairsOf(ofClass)]));
}

/** The first clips test, so that FSDD's official test takes 0 to 4 are among them. */
function sideAt(index: number, { test, validation, train }: Record<Side, number>): Side | undefined {
  if (index < test) return 'test';
  if (index < test + validation) return 'validation';
  return index < test + validation + train ? 'train' : undefined;
}

/** The side of each recording, each side with its fraction of every label as well as whole recordings allow. */
function dealWhole<S extends string>(
  clips: readonly Clip[],
  label: (clip: Clip) => string,
  names: readonly S[],
  fractions: Readonly<Record<S, number>>,
  recordings: Recordings,
  random: Random,
): Map<string, S | undefined> {
  const items = clips.map((clip) => ({ label: label(clip), group: recordings.of(clip) }));
  const wanted = names.map((name) => fractions[name]);
  const dealt = deal(items, wanted, random);
  return new Map(items.map(({ group }, index) => [group, names[itemAt(dealt, index)]]));
}

function chooseOwners(
  pools: Pools,
  clips: readonly Clip[],
  settings: Settings,
  { target, orthogonal }: SplitTask,
  random: Random,
): Map<string, string> {
  const classes = [...pools.keys()];
  const labels = distinctLabels(clips, orthogonal);
  const count = settings.owners ?? Math.min(labels.length, classes.length);
  if (count < 2 || count > labels.length || count > classes.length) {
    throw new SplitError(
      `"owners" is ${count}, but there are ${labels.length} labels of ${orthogonal} (${labels.join(', ')}) and ` +
        `${classes.length} of ${target}. Choose 2 to ${Math.min(labels.length, classes.length)}.`,
    );
  }
  const size = (label: string, owner: string) => entryOf(pools, label).get(owner)?.train.length ?? 0;
  const canOwn = (label: string, owner: string) => {
    const mean = labels.reduce((sum, name) => sum + size(label, name), 0) / labels.length;
    return size(label, owner) >= Math.max(1, OWNER_SHARE * mean);
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const chosen = random.shuffle(labels).slice(0, count);
    const ownerOf = assignOwners(classes, chosen, canOwn, random);
    if (ownerOf !== undefined) return new Map(classes.map((label) => [label, entryOf(ownerOf, label)]));
  }
  const able = classes.map((label) => `"${label}" ${labels.filter((owner) => canOwn(label, owner)).length}`);
  throw new SplitError(
    `The classes of ${target} cannot be shared out among ${count} labels of ${orthogonal}: too few have clips enough ` +
      `to own one (possible owners: ${able.join(', ')}). Set "owners" lower or leave out rare classes.`,
  );
}

function penaltyClips(
  pools: readonly Pool[],
  parts: Settings['penalty'],
  recordings: Recordings,
  random: Random,
) {
  const clips = pools.flatMap((pool) => pool.train);
  if (!recordings.areSingle(clips)) {
    const poolOf = new Map(pools.flatMap((pool, index) => pool.train.map((clip) => [clip, String(index)])));
    const names = ['train', 'validation'] as const;
    const sideOf = dealWhole(clips, (clip) => poolOf.get(clip) ?? '', names, parts, recordings, random);
    const on = (side: string) => clips.filter((clip) => sideOf.get(recordings.of(clip)) === side);
    return { train: on('train'), validation: on('validation') };
  }
  const train: Clip[] = [];
  const validation: Clip[] = [];
  for (const pool of pools) {
    const shuffled = random.shuffle(pool.train);
    const first = Math.max(1, Math.round(parts.train * shuffled.length));
    const second = Math.max(1, Math.round(parts.validation * shuffled.length));
    train.push(...shuffled.slice(0, first));
    validation.push(...shuffled.slice(first, first + second));
  }
  return { train, validation };
}

function describe(
  ownerOf: ReadonlyMap<string, string>,
  owners: number,
  { strength, validation }: Settings,
  { target, orthogonal }: SplitTask,
): string {
  const least = Math.floor(ownerOf.size / owners);
  const share = ownerOf.size % owners === 0 ? `${least}` : `${least} or ${least + 1}`;
  return (
    `confounded: each of ${owners} labels of ${orthogonal} owns ${share} of the ${ownerOf.size} classes of ${target} ` +
    `in training (strength ${strength}); validation ${validation}, test with every pair of labels`
  );
}
