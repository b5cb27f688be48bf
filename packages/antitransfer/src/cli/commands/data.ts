import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatDuration } from '../../answers/format.js';
import { leftOutParts } from '../../data/account/text.js';
import type { Clip, Corpus } from '../../data/clip.js';
import { type CheckOptions, checkFiles, type FileCheck } from '../../data/corpora/check.js';
import { writeDemoCorpus } from '../../data/corpora/demo/corpus.js';
import {
  type ColumnDescription,
  type ContingencyTable,
  contingencyTable,
  describeCorpus,
} from '../../data/corpora/describe.js';
import { similarLabels } from '../../data/corpora/similar-labels.js';
import { featureSettings } from '../../data/features/settings.js';
import { UserError } from '../../errors.js';
import { sum } from '../../numbers/mean.js';
import { addCorpusFlags, type CorpusFlags, openCorpus } from '../corpus-source.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { abortOnInterrupt } from '../interrupt.js';
import { plainTable } from '../plain-table.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { names, requireKnown, wholeNumber } from '../values.js';
import { defineManifest, manifestExample } from './data-manifest.js';

interface Flags extends CorpusFlags {
  readonly json?: boolean;
  readonly channel?: number;
}

/** `antitransfer data describe|check|demo|manifest` */
export function defineData(command: Command): void {
  const path = 'a folder of recordings, or a .csv, .tsv or .jsonl table of them';
  const describe = command
    .command('describe')
    .description('Counts clips by their labels, and measures how long they are.')
    .argument('<path>', path)
    .option('--by <columns>', 'two label columns, such as digit,speaker: clips of each pair of labels', names)
    .option('--channel <n>', 'channel of recordings with several; default: the mean of all', wholeNumber(1))
    .option('--json', 'print JSON')
    .action(runDescribe);
  addCorpusFlags(describe);
  const check = command
    .command('check')
    .description(
      'Does with every file what a training does, and lists those that are missing, unreadable, empty, truncated, damaged, ' +
        'silent or absurdly loud; the exit code is 1 when there are any.',
    )
    .argument('<path>', path)
    .option('--channel <n>', 'channel of recordings with several; default: the mean of all', wholeNumber(1))
    .option('--json', 'print JSON')
    .action(runCheck);
  addCorpusFlags(check);
  const demo = command
    .command('demo')
    .description('Writes the demo corpus: ten digits spoken by four synthetic voices, as WAV files at 8 kHz.')
    .argument('<folder>', 'where to; a new or empty folder')
    .option('--takes <n>', 'takes of each digit by each voice', wholeNumber(1), 30)
    .option('--seed <n>', 'of rates, pitches and noise', wholeNumber(0), 1)
    .action(runDemo);
  const manifest = defineManifest(command);
  const lines = {
    describe: ['data describe spoken --by digit,speaker', 'what a corpus holds'],
    check: ['data check spoken', 'whether every file can be used'],
    demo: ['data demo spoken --takes 5', 'two hundred spoken digits'],
  } as const;
  addExamples(describe, [lines.describe]);
  addExamples(check, [lines.check]);
  addExamples(demo, [lines.demo]);
  addExamples(manifest, [manifestExample]);
  addExamples(command, [lines.demo, lines.describe, lines.check, manifestExample]);
}

async function runDescribe(path: string, flags: Flags & { by?: readonly string[] }): Promise<void> {
  const corpus = await openCorpus(path, flags);
  const description = describeCorpus(corpus);
  const pair = flags.by && pairOf(corpus.clips, flags.by, description.columns);
  const check = await lookAt(corpus.clips, { channel: flags.channel });
  const lengths = lengthsOf(corpus.clips, check);
  if (flags.json) {
    const { name, clips, columns } = description;
    const problems = check.problems.length;
    const leftOut = corpus.inventory?.leftOut ?? [];
    const plain = {
      corpus: name,
      clips,
      columns,
      seconds: lengths,
      sampleRates: ratesOf(check),
      problems,
      leftOut,
    };
    process.stdout.write(`${JSON.stringify({ ...plain, ...(pair && { table: pair }) })}\n`);
    return;
  }
  const { problems, notes } = check;
  const parts = [
    [`${corpus.name}: ${corpus.clips.length} clips in ${check.files} files`, ...leftOutLines(corpus)].join(
      '\n',
    ),
    plainTable(
      [{ head: 'column' }, { head: 'labels', align: 'right' }, { head: 'clips of each' }],
      description.columns.map(({ column, counts }) => [column, counts.length, countsText(counts)]),
    ),
    ...(pair ? [pairText(pair)] : []),
    ...similarText(description.columns),
    `${lengthsText(lengths)}\n${ratesText(check)}`,
  ];
  if (notes.length > 0) parts.push(notesText(check));
  if (problems.length > 0) {
    parts.push(`${problemsText(check)}; "antitransfer data check ${path}" says more.`);
  }
  process.stdout.write(`${parts.join('\n\n')}\n`);
}

async function runCheck(path: string, flags: Flags): Promise<void> {
  const corpus = await openCorpus(path, flags);
  const features = featureSettings.parse({ channel: flags.channel });
  const check = await lookAt(corpus.clips, { features });
  const { files, problems, notes } = check;
  if (problems.length > 0) process.exitCode = exitCodes.problems;
  if (flags.json) {
    const leftOut = corpus.inventory?.leftOut ?? [];
    const seen = { corpus: corpus.name, clips: corpus.clips.length, files, leftOut, notes };
    process.stdout.write(`${JSON.stringify({ ...seen, sampleRates: ratesOf(check), problems })}\n`);
    return;
  }
  for (const { message } of problems) process.stdout.write(`${printable(message)}\n`);
  for (const { path, note } of notes) process.stdout.write(`${printable(`note: "${path}": ${note}.`)}\n`);
  const verdict = problems.length === 0 ? 'all can be used' : problemsText(check);
  process.stdout.write(`${corpus.name}: ${filesText(files)}, ${verdict}. ${ratesText(check)}\n`);
  if (notes.length > 0) process.stdout.write(`${notesText(check)}\n`);
  for (const line of leftOutLines(corpus)) process.stdout.write(`${line}\n`);
}

/** `6 of 15 files are used; 9 are no sound (.docx).`; nothing when all are. */
function leftOutLines({ clips, inventory }: Corpus): string[] {
  if (inventory === undefined || inventory.leftOut.length === 0) return [];
  const { unit, found, leftOut } = inventory;
  const parts = [`${clips.length} of ${found} ${unit} are used`, ...leftOutParts(leftOut)];
  return [`${printable(parts.join('; '))}.`];
}

function notesText({ notes }: FileCheck): string {
  const files = new Set(notes.map(({ path }) => path)).size;
  return `Notes on ${filesText(files)}: the sound is whole, only a header, a flag or a tag says otherwise.`;
}

async function runDemo(folder: string, { takes, seed }: { takes: number; seed: number }): Promise<void> {
  const progress = new ProgressLine('Speaking');
  const signal = abortOnInterrupt(() => progress.finish());
  try {
    await writeDemoCorpus(resolve(folder), { takes, seed, signal, onProgress: progress.count });
  } finally {
    progress.finish();
  }
  process.stdout.write(`${40 * takes} clips are in ${resolve(folder)}\n`);
}

async function lookAt(clips: readonly Clip[], options: CheckOptions): Promise<FileCheck> {
  const progress = new ProgressLine('Decoding');
  try {
    return await checkFiles(clips, progress.count, undefined, options);
  } finally {
    progress.finish();
  }
}

function pairOf(
  clips: readonly Clip[],
  by: readonly string[],
  columns: readonly ColumnDescription[],
): ContingencyTable {
  const [row, column] = by;
  if (row === undefined || column === undefined || by.length !== 2) {
    throw new UserError(`--by takes two label columns, such as digit,speaker; got "${by.join(',')}".`);
  }
  const known = columns.map((one) => one.column);
  for (const name of by) requireKnown('label column', name, known);
  return contingencyTable(clips, row, column);
}

/** Labels that are likely one, a paragraph of lines. */
function similarText(columns: readonly ColumnDescription[]): string[] {
  const lines = columns.flatMap(({ column, counts }) =>
    similarLabels(counts.map(({ label }) => label)).map(
      (group) =>
        `${column}: ${group.map((label) => `"${label}"`).join(', ')} are ${group.length} labels; are they one?`,
    ),
  );
  return lines.length === 0 ? [] : [lines.map(printable).join('\n')];
}

/** In seconds. */
interface Lengths {
  readonly total: number;
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
}

/** Lengths of the clips whose files can be read; undefined when none can. */
function lengthsOf(clips: readonly Clip[], { durations }: FileCheck): Lengths | undefined {
  const seconds = clips
    .flatMap(({ path, start = 0, duration: given }) => {
      const file = durations.get(path);
      return file === undefined ? [] : [given ?? Math.max(0, file - start)];
    })
    .sort((a, b) => a - b);
  const [shortest] = seconds;
  const median = seconds[seconds.length >> 1];
  const longest = seconds.at(-1);
  if (shortest === undefined || median === undefined || longest === undefined) return undefined;
  return { total: sum(seconds), shortest, median, longest };
}

function lengthsText(lengths: Lengths | undefined): string {
  if (lengths === undefined) return 'No file could be decoded.';
  const { total, shortest, median, longest } = lengths;
  const each = [shortest, median, longest].map((value) => value.toFixed(2)).join(' / ');
  return `${formatDuration(total)} of sound; shortest / median / longest clip ${each} s`;
}

/** Silence is named apart: it is decoded, and a comparison takes it. */
function problemsText({ problems }: FileCheck): string {
  const silent = problems.filter(({ reason }) => reason === 'silent').length;
  const unusable = problems.length - silent;
  return [
    ...(unusable > 0 ? [`${unusable} cannot be used`] : []),
    ...(silent > 0 ? [`${silent} silent`] : []),
  ].join(', ');
}

/** Files at each sample rate in Hz. */
function ratesOf({ sampleRates }: FileCheck): Record<string, number> {
  return Object.fromEntries(sampleRates);
}

function ratesText({ sampleRates }: FileCheck): string {
  const rates = [...sampleRates].map(([rate, files]) => `${rate} Hz (${filesText(files)})`);
  return `Sample rates: ${rates.join(', ') || 'none'}`;
}

function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** All labels where they are few, else the first ones. */
function countsText(counts: ColumnDescription['counts']): string {
  const [first] = counts;
  const alike = counts.every(({ clips }) => clips === first?.clips);
  const shown = counts.slice(0, 12).map(({ label, clips }) => (alike ? label : `${label} (${clips})`));
  const rest = counts.length > shown.length ? ', …' : '';
  return `${alike ? `${first?.clips ?? 0}: ` : ''}${shown.join(', ')}${rest}`;
}

function pairText({ rowColumn, columnColumn, rowLabels, columnLabels, counts }: ContingencyTable): string {
  return plainTable(
    [
      { head: `${rowColumn} \\ ${columnColumn}` },
      ...columnLabels.map((head) => ({ head, align: 'right' as const })),
    ],
    counts.map((row, index) => [rowLabels[index] ?? '', ...row.map((count) => count || '·')]),
  );
}
