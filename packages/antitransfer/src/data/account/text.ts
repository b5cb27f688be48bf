import { theTask } from '../../task-words.js';
import type { CorpusAccount, DataAccount, LeftOut, RepetitionAccount } from './account.js';

/** Labels and files that a line names. */
const NAMED = 3;

/**
 * An account in sentences, for a terminal or a page:
 *
 * ```
 * 6 of 15 files are used; 9 are .wma, which is not read.
 * 101 of 144 clips are longer than 0.7 s and lose their end.
 * Seeds 1 to 7: train 32, validation 36, test 24 of 144 clips.
 * ```
 */
export function accountLines({ corpora, lengths, grouped, repetitions }: DataAccount): string[] {
  const [target, ...others] = corpora;
  return [
    ...(target === undefined ? [] : [...corpusLines(target), ...noiseLines(target)]),
    ...others.flatMap((corpus) =>
      [...corpusLines(corpus), ...noiseLines(corpus)].map((line) => `${corpus.corpus}: ${line}`),
    ),
    ...groupedLines(grouped),
    ...lengthLines(lengths),
    ...splitLines(repetitions, target?.used ?? 0),
  ];
}

/** What became of what was found in a corpus. */
export function corpusLines({ unit, found, used, leftOut, renamed, warnings }: CorpusAccount): string[] {
  const one = unit === 'files' ? 'file' : 'row';
  const parts = [`${used} of ${found} ${found === 1 ? one : unit} are used`, ...leftOutParts(leftOut)];
  const names = renamed.map(
    ({ column, from, to, clips }) =>
      `${countOf(clips, 'clip')} of the ${column} "${from}" are called "${to}".`,
  );
  return [`${parts.join('; ')}.`, ...names, ...warnings.map((warning) => `Warning: ${warning}`)];
}

/** What is mixed into the clips of a corpus, and what of the folder of noises is not. */
function noiseLines({ noises }: CorpusAccount): string[] {
  if (noises === undefined) return [];
  const { types, levels, found, leftOut } = noises;
  const named = types.map(
    ({ name, recordings }, index) =>
      `${name} (${index === 0 ? countOf(recordings, 'recording') : recordings})`,
  );
  const used = types.reduce((total, { recordings }) => total + recordings, 0);
  const counts = `${used} of ${countOf(found, 'file')} in the folder of noises ${used === 1 ? 'is' : 'are'} used`;
  return [
    `Noise is mixed in at ${levels} dB: ${named.join(', ')}.`,
    ...(leftOut.length === 0 ? [] : [`${[counts, ...leftOutParts(leftOut)].join('; ')}.`]),
  ];
}

/** What was found and is no clip, a part of a sentence each: `9 are .wma, which is not read`. */
export function leftOutParts(leftOut: readonly LeftOut[]): string[] {
  return leftOut.map(leftOutText);
}

function leftOutText({ reason, what, count, examples }: LeftOut): string {
  const are = `${count} ${count === 1 ? 'is' : 'are'}`;
  const such = ` (such as ${examples[0] ?? ''})`;
  switch (reason) {
    case 'no-file':
      return `${are} ${count === 1 ? 'a pipe, socket or device' : 'pipes, sockets or devices'}${such}`;
    case 'hidden':
      return `${are} hidden${such}`;
    case 'no-sound':
      return `${are} no sound${what === '' ? such : ` (${what})`}`;
    case 'ending':
      return `${are} ${what} by the first bytes, but named like no recording${such}: give ${count === 1 ? 'it its' : 'them their'} ending`;
    case 'format':
      return `${are} ${what}, which is not read`;
    case 'name':
      if (what !== '') return `${are} named so that the pattern ${what}${such}`;
      return `${are} named otherwise${such}`;
    case 'where':
      return `${are} left out by where: ${what}`;
    case 'label':
      return `${are} left out as ${what}`;
    case 'unlabelled':
      return `${count} ${count === 1 ? 'has' : 'have'} no ${what}${such}`;
    case 'balance':
      return `${are} left out to balance ${what}`;
    case 'unusable':
      return `${are} ${what} and skipped${such}`;
  }
}

function groupedLines({ shared, copies, alike, groups }: DataAccount['grouped']): string[] {
  const lines: string[] = [];
  if (shared.files > 0) {
    lines.push(
      `${shared.clips} clips are parts of ${countOf(shared.files, 'file')}: those of one file stay on one side.`,
    );
  }
  if (copies > 0) {
    const are =
      copies === 1
        ? '1 recording is byte-identical to another'
        : `${copies} recordings are byte-identical to others`;
    lines.push(`${are} and kept on one side.`);
  }
  if (alike > 0) {
    const [sound, are] = alike === 1 ? ['1 recording sounds', 'is'] : [`${alike} recordings sound`, 'are'];
    lines.push(
      `${sound} the same as others in other files (another format, say) and ${are} kept on one side.`,
    );
  }
  if (groups !== undefined)
    lines.push(`The ${groups.count} labels of ${groups.column} are kept on one side each.`);
  return lines;
}

function lengthLines(account: DataAccount['lengths']): string[] {
  const { clips, cut, padded, segment, loses, longest, windows, unheard } = account;
  const lines = windows === undefined ? [] : [`${windows.text}.`];
  const what = windows === undefined ? 'clip' : 'window';
  if (cut > 0) {
    const are = cut === 1 ? 'is' : 'are';
    lines.push(
      `${cut} of ${countOf(clips, what)} ${are} longer than ${segment} s (up to ${longest} s) and ` +
        `${cut === 1 ? 'loses its' : 'lose their'} ${loses}.`,
    );
  }
  if (padded > 0) {
    lines.push(
      `${padded} of ${countOf(clips, what)} ${padded === 1 ? 'is' : 'are'} shorter than ${segment} s and padded with silence.`,
    );
  }
  if (unheard !== undefined) {
    const { count, examples, minimum, minimumPeak } = unheard;
    const have = count === 1 ? 'has' : 'have';
    lines.push(
      `${count} of ${countOf(clips, what)} ${have} nothing to hear in what is used of ${count === 1 ? 'it' : 'them'} ` +
        `(less than ${minimum} s of sound, or no sample above ${minimumPeak} of full scale): ${namesText(examples, count)}.`,
    );
  }
  return lines;
}

/** `a.wav, b.wav, c.wav and 4 more`. */
function namesText(examples: readonly string[], count: number): string {
  const more = count - examples.length;
  return `${examples.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function splitLines(repetitions: readonly RepetitionAccount[], clips: number): string[] {
  const [first] = repetitions;
  if (first === undefined) return [];
  const range = (of: (repetition: RepetitionAccount) => number) => rangeText(repetitions.map(of));
  const sizes = ['train', 'validation', 'test'] as const;
  const sides = sizes.map((side) => `${side} ${range((repetition) => repetition[side])}`).join(', ');
  const unused = range((repetition) => repetition.unused);
  const rest = unused === '0' ? '' : `; ${unused} are on no side`;
  return [
    `${whichText(repetitions)}: ${sides} of ${clips} clips${rest}.`,
    ...first.tasks.flatMap((task, index) => {
      const each = repetitions.flatMap(({ tasks }) => tasks[index] ?? []);
      const trains = rangeText(each.map(({ train }) => train));
      const chooses = rangeText(each.map(({ validation }) => validation));
      const line = `To learn ${theTask(task)}: train ${trains}, validation ${chooses}.`;
      return [line, ...rareLines(each)];
    }),
    ...repetitions.flatMap(({ seed, description }) =>
      description.includes('; draw ') ? [`Seed ${seed}: ${description}.`] : [],
    ),
  ];
}

function rareLines(tasks: readonly RepetitionAccount['tasks'][number][]): string[] {
  const [first] = tasks;
  const labels = [...new Set(tasks.flatMap(({ rare }) => rare.labels))];
  if (first === undefined || labels.length === 0) return [];
  const clips = rangeText(tasks.map(({ rare }) => rare.clips));
  const named = labels.slice(0, NAMED).join(', ') + (labels.length > NAMED ? ', …' : '');
  const one = clips === '1';
  const rules = {
    train: one ? 'only trains its network' : 'only train its network',
    'leave-out': `${one ? 'is' : 'are'} left out of its training`,
  };
  const what = `${clips} ${one ? 'clip' : 'clips'} that ${rules[first.rare.rule]}`;
  const have = labels.length === 1 ? '1 label' : `${labels.length} labels`;
  return [`${have} of ${first.column} (${named}) with one recording only: ${what}.`];
}

/** `Seed 1`, `Seeds 1 to 7`, `Seeds 1 to 3, 5 folds`. */
function whichText(repetitions: readonly RepetitionAccount[]): string {
  const seeds = [...new Set(repetitions.map(({ seed }) => seed))];
  const folds = new Set(repetitions.map(({ fold }) => fold)).size;
  const which = seeds.length === 1 ? `Seed ${seeds[0]}` : `Seeds ${seeds[0]} to ${seeds.at(-1)}`;
  return folds > 1 ? `${which}, ${folds} folds` : which;
}

/** `32` or `30 to 34`. */
function rangeText(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Clips of each class on each side, over the repetitions: a row a class. */
export function classRows({
  repetitions,
}: DataAccount): { label: string; train: string; validation: string; test: string }[] {
  const [first] = repetitions;
  return (first?.classes ?? []).map(({ label }, index) => {
    const range = (side: 'train' | 'validation' | 'test') =>
      rangeText(repetitions.map(({ classes }) => classes[index]?.[side] ?? 0));
    return { label, train: range('train'), validation: range('validation'), test: range('test') };
  });
}
