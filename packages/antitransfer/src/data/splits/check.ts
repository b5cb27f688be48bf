import { entryOf } from '../../lookup.js';
import type { Clip } from '../clip.js';
import { clipsByLabel, distinctLabels } from './columns.js';
import { Recordings } from './recordings.js';
import { onSides, type Side, type Split, SplitError, sideCounts, sides } from './split.js';

export interface SplitCheck {
  /** Label column to learn. */
  readonly target: string;
  /** Label column whose labels stay on one side. */
  readonly group?: string;
  /** Whether training and validation may have the same groups, so that only the test has its own. */
  readonly sharesGroups?: boolean;
  /** The sides where every class must be. Default: training and test. */
  readonly everyClassIn?: readonly Side[];
}

/**
 * Passes a split on when it is sound: no side is empty, no recording and no group is on two sides, every class is
 * where it must be, and the penalty's clips are no test clips. All clips of one file (or of files with the same bytes)
 * are one recording, segments that do not overlap too: they share voice, room and microphone.
 *
 * @param recordings what is known of the clips' files already
 * @throws SplitError that names the side, group or class, with counts, and says what to do
 */
export function checkSplit(
  split: Split,
  check: SplitCheck,
  recordings = new Recordings(clipsOf(split)),
): Split {
  for (const side of sides) {
    if (split[side].length > 0) continue;
    throw new SplitError(
      `There are no ${side} clips (${sideCounts(split)})${ofFewRecordings(clipsOf(split), recordings)}. Enlarge that ` +
        'side or bring more clips.',
    );
  }
  checkRecordings(split, recordings);
  if (check.group !== undefined) checkGroups(split, check.group, check.sharesGroups ?? false);
  checkClasses(split, check);
  return split;
}

/** That clips are kept together, where recordings are too few for the sides. */
function ofFewRecordings(clips: readonly Clip[], recordings: Recordings): string {
  const { size } = recordings.group(clips);
  if (size >= sides.length || size === clips.length) return '';
  const what = size === 1 ? 'one recording' : `${size} recordings`;
  return `; all ${clips.length} are of ${what}: segments of a file, and the same sound in several, stay on one side`;
}

function clipsOf({ train, validation, test, penalty }: Split): Clip[] {
  return [...train, ...validation, ...test, ...(penalty?.train ?? []), ...(penalty?.validation ?? [])];
}

function checkRecordings(split: Split, recordings: Recordings): void {
  const { train, validation, test, penalty } = split;
  const disjoint: [string, readonly Clip[], string, readonly Clip[]][] = [
    ['train', train, 'validation', validation],
    ['train', train, 'test', test],
    ['validation', validation, 'test', test],
  ];
  if (penalty) {
    disjoint.push(
      ['the penalty', penalty.train, 'test', test],
      ['the validation of the orthogonal network', penalty.validation, 'test', test],
      ['the penalty', penalty.train, 'the validation of the orthogonal network', penalty.validation],
    );
  }
  for (const [firstName, first, secondName, second] of disjoint) {
    const there = recordings.group(first);
    const shared = second.filter((clip) => there.has(recordings.of(clip)));
    const [earliest] = shared;
    if (earliest === undefined) continue;
    const partners = (clip: Clip) => entryOf(there, recordings.of(clip));
    const isOneMoment = (clip: Clip) => partners(clip).some((other) => overlap(clip, other));
    const example = shared.find(isOneMoment) ?? earliest;
    const how = howTheyHang(example, partners(example), recordings);
    throw new SplitError(
      `${recordings.group(shared).size} recordings, such as "${example.id}", are both in ${firstName} ` +
        `(${first.length} clips) and in ${secondName} (${second.length} clips)${how}. ` +
        'Give each recording, with all its segments and copies, to one of them.',
    );
  }
}

/** What a clip has in common with those of its recording, where it is not a moment of one file. */
function howTheyHang(clip: Clip, partners: readonly Clip[], recordings: Recordings): string {
  const inFile = partners.filter((other) => recordings.relation(clip, other) === 'file');
  if (inFile.some((other) => overlap(clip, other))) return '';
  if (inFile.length > 0) return ', as segments that do not overlap but share voice, room and microphone';
  const copy = partners.find((other) => recordings.relation(clip, other) === 'copy');
  if (copy !== undefined) return `: its file has the same bytes as that of "${copy.id}"`;
  return `: it sounds the same as "${partners[0]?.id}"`;
}

/** Whether two segments of one file have a moment in common. */
function overlap(a: Clip, b: Clip): boolean {
  const endOf = ({ start = 0, duration = Number.POSITIVE_INFINITY }: Clip) => start + duration;
  return (a.start ?? 0) < endOf(b) && (b.start ?? 0) < endOf(a);
}

function checkGroups(split: Split, column: string, sharesGroups: boolean): void {
  const bySide = sides.map((side) => ({ side, groups: clipsByLabel(split[side], column) }));
  for (const group of distinctLabels([...split.train, ...split.validation, ...split.test], column)) {
    const found = bySide.flatMap(({ side, groups }) => {
      const clips = groups.get(group);
      return clips ? [`${clips.length} clips in ${side}`] : [];
    });
    const isTested = bySide.some(({ side, groups }) => side === 'test' && groups.has(group));
    if (found.length < 2 || (sharesGroups && !isTested)) continue;
    throw new SplitError(
      `The ${column} "${group}" is on ${found.length} sides: ${found.join(', ')}. Give it to one side, or use the split ` +
        `"group" with the column "${column}".`,
    );
  }
}

function checkClasses(split: Split, { target, everyClassIn = ['train', 'test'] }: SplitCheck): void {
  const bySide = onSides((side) => clipsByLabel(split[side], target));
  const classes = distinctLabels([...split.train, ...split.validation, ...split.test], target);
  for (const label of classes) {
    const side = everyClassIn.find((wanted) => !bySide[wanted].has(label));
    if (side === undefined) continue;
    const counts = sides.map((name) => `${name} ${bySide[name].get(label)?.length ?? 0}`).join(', ');
    // Of two classes none can be left out.
    const without = `, or leave that class out: data.labels.${target}.drop: [${label}]`;
    throw new SplitError(
      `The ${target} "${label}" has no clips in ${side} (${counts}). Enlarge that side, or bring more ` +
        `clips of "${label}"${classes.length > 2 ? without : ''}.`,
    );
  }
  if (classes.length < 2) {
    throw new SplitError(
      `All clips of the split have the ${target} "${classes[0]}". Learning needs two classes or more.`,
    );
  }
}
