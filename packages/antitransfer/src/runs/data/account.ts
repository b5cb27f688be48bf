import type { DataAccount, LengthAccount, RepetitionAccount } from '../../data/account/account.js';
import type { Clip } from '../../data/clip.js';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { type CutAccount, describeCut } from '../../data/segments/cut-clips.js';
import { isHeard } from '../../data/segments/read-windows.js';
import { defaultWindows } from '../../data/segments/settings.js';
import { wholeClips } from '../../data/segments/whole-clips.js';
import { windowLengths } from '../../data/segments/windows.js';
import { sides } from '../../data/splits/split.js';
import { sum } from '../../numbers/mean.js';
import type { Experiment } from '../config/schema.js';
import type { DrawnSplits, Repetition } from './draw-splits.js';
import type { HeardClip } from './found-out.js';

/** Clips that an account names before it only counts them. */
const NAMED = 3;

/**
 * Counts what became of an experiment's clips.
 *
 * @param heard the clips or windows that are used, each once
 * @param windows what became of clips that were cut
 */
export function accountOf(
  experiment: Experiment,
  drawn: DrawnSplits,
  heard: readonly HeardClip[],
  windows: CutAccount | undefined,
): DataAccount {
  const { target, tasks } = drawn.corpora;
  const { shared, copies, alike, groups } = drawn.grouped;
  const warnings = [...target.account.warnings, ...contradictoryCopies(drawn)];
  return {
    corpora: [{ ...target.account, warnings }, ...tasks.flatMap((corpus) => corpus?.account ?? [])],
    lengths: lengthsOf(heard, experiment, windows),
    grouped: { shared, copies, alike, ...(groups && { groups }) },
    repetitions: drawn.repetitions.map((repetition) => countRepetition(repetition, drawn)),
  };
}

/** Recordings with the same bytes that two people called differently, a sentence each for the first of them. */
function contradictoryCopies({ corpora, recordings, target }: DrawnSplits): string[] {
  const pairs = [...recordings.group(corpora.target.clips).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const other = others.find(
      (clip) =>
        clip.start === first.start &&
        clip.labels[target] !== first.labels[target] &&
        recordings.relation(first, clip) === 'copy',
    );
    return other === undefined ? [] : [[first, other] as const];
  });
  const [pair] = pairs;
  if (pair === undefined) return [];
  const [one, other] = pair;
  const count = pairs.length === 1 ? '1 recording is' : `${pairs.length} recordings are`;
  return [
    `${count} there twice, byte for byte, with two labels of ${target}: "${one.id}" (${one.labels[target]}) and ` +
      `"${other.id}" (${other.labels[target]}), for example. One of them is wrong.`,
  ];
}

function lengthsOf(
  heard: readonly HeardClip[],
  { features, segments }: Experiment,
  windows: CutAccount | undefined,
): LengthAccount {
  const { sampleRate, placement } = features;
  const { samples } = buildFrontEnd(features);
  const lengths = heard.map(({ length }) => length);
  const seconds = (length: number) => Math.round((length / sampleRate) * 1000) / 1000;
  return {
    segment: samples / sampleRate,
    loses: placement === 'start' ? 'end' : 'both ends',
    clips: lengths.length,
    cut: lengths.filter((length) => length > samples).length,
    padded: lengths.filter((length) => length < samples).length,
    // Not spread into Math.min: there may be more clips than a call takes arguments.
    shortest: seconds(lengths.reduce((least, length) => Math.min(least, length), Number.MAX_SAFE_INTEGER)),
    longest: seconds(lengths.reduce((most, length) => Math.max(most, length), 0)),
    ...(segments === null && unheardOf(heard, features)),
    ...(windows && segments && { windows: { ...windows, text: describeCut(windows, features, segments) } }),
  };
}

/** Clips in which there is nothing to hear are trained on where they are not cut into windows: they are named. */
function unheardOf(
  heard: readonly HeardClip[],
  features: Experiment['features'],
): Pick<LengthAccount, 'unheard'> {
  const lengths = windowLengths(features, { ...defaultWindows, hop: null });
  const unheard = heard.filter(
    ({ length, peak }) => !isHeard({ first: 0, end: length, peak }, lengths, defaultWindows),
  );
  if (unheard.length === 0) return {};
  const { minimum, minimumPeak } = defaultWindows;
  const examples = unheard.slice(0, NAMED).map(({ id }) => id);
  return { unheard: { count: unheard.length, examples, minimum, minimumPeak } };
}

function countRepetition({ seed, fold, split, tasks }: Repetition, drawn: DrawnSplits): RepetitionAccount {
  const name = ({ path, start }: Clip) => `${path}#${start}`;
  const lists = [
    ...sides.map((side) => split[side]),
    ...tasks.flatMap((task) => [task.train, task.validation]),
  ];
  const used = new Set(lists.flatMap((clips) => wholeClips(clips).map(name)));
  const { clips } = drawn.corpora.target;
  const countOf = (side: readonly Clip[]) => wholeClips(side).length;
  return {
    seed,
    ...(fold !== undefined && { fold }),
    description: split.description,
    train: countOf(split.train),
    validation: countOf(split.validation),
    test: countOf(split.test),
    unused: clips.filter((clip) => !used.has(name(clip))).length,
    classes: countClasses(split, drawn.target, drawn.classes),
    tasks: tasks.map(({ settings, classes, train, validation, rare }) => ({
      name: settings.name,
      column: settings.column,
      labels: classes.length,
      train: countOf(train),
      validation: countOf(validation),
      rare: {
        labels: rare.map(({ label }) => label),
        clips: sum(rare.map((label) => label.clips)),
        rule: settings.rare,
      },
    })),
  };
}

function countClasses(
  split: Repetition['split'],
  target: string,
  classes: readonly string[],
): RepetitionAccount['classes'] {
  const counts = new Map(classes.map((label) => [label, { label, train: 0, validation: 0, test: 0 }]));
  for (const side of sides) {
    for (const { labels } of wholeClips(split[side])) {
      const row = counts.get(labels[target] ?? '');
      if (row !== undefined) row[side]++;
    }
  }
  return [...counts.values()];
}
