import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatDuration } from '../../answers/format.js';
import type { Clip } from '../../data/clip.js';
import type { FileCheck } from '../../data/corpora/check.js';
import { writeDemoCorpus } from '../../data/corpora/demo/corpus.js';
import {
  type ColumnDescription,
  type ContingencyTable,
  contingencyTable,
  describeCorpus,
  secondsIn,
} from '../../data/corpora/describe.js';
import { similarLabels } from '../../data/corpora/similar-labels.js';
import { UserError } from '../../errors.js';
import { sum } from '../../numbers/mean.js';
import { addCorpusFlags, type CorpusFlags, openCorpus } from '../corpus-source.js';
import { addExamples } from '../examples.js';
import { leftOutLines, lookAt, notesText, problemsText, ratesOf, ratesText } from '../file-check.js';
import { abortOnInterrupt } from '../interrupt.js';
import { plainTable } from '../plain-table.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { names, requireKnown, wholeNumber } from '../values.js';
import { checkExamples, defineCheck } from './data-check.js';
import { defineFetch, fetchExample } from './data-fetch.js';
import { defineManifest, manifestExample } from './data-manifest.js';

interface Flags extends CorpusFlags {
  readonly json?: boolean;
  readonly channel?: number;
}

/** `antitransfer data describe|check|demo|manifest|fetch` */
export function defineData(command: Command): void {
  const path = 'a folder of recordings, or a .csv, .tsv or .jsonl table of them';
  const describe = command
    .command('describe')
    .description('Counts clips by their labels, and measures how long they are.')
    .argument('[path]', `${path} (default: that of --config)`)
    .option('--by <columns>', 'two label columns, such as digit,speaker: clips of each pair of labels', names)
    .option('--channel <n>', 'channel of recordings with several; default: the mean of all', wholeNumber(1))
    .option('--json', 'print JSON')
    .action(runDescribe);
  addCorpusFlags(describe);
  const check = defineCheck(command, path);
  const demo = command
    .command('demo')
    .description('Writes the demo corpus: ten digits spoken by four synthetic voices, as WAV files at 8 kHz.')
    .argument('<folder>', 'where to; a new or empty folder')
    .option('--takes <n>', 'takes of each digit by each voice', wholeNumber(1), 30)
    .option('--seed <n>', 'of rates, pitches and noise', wholeNumber(0), 1)
    .action(runDemo);
  const manifest = defineManifest(command);
  const fetching = defineFetch(command);
  const lines = {
    describe: ['data describe spoken --by digit,speaker', 'what a corpus holds'],
    demo: ['data demo spoken --takes 5', 'two hundred spoken digits'],
  } as const;
  addExamples(describe, [lines.describe]);
  addExamples(check, [...checkExamples]);
  addExamples(demo, [lines.demo]);
  addExamples(manifest, [manifestExample]);
  addExamples(fetching, [fetchExample]);
  addExamples(command, [lines.demo, lines.describe, ...checkExamples, manifestExample]);
}

async function runDescribe(
  path: string | undefined,
  flags: Flags & { by?: readonly string[] },
): Promise<void> {
  const { clips: used, account } = await openCorpus(path, flags);
  const description = describeCorpus({ name: account.corpus, clips: used });
  const pair = flags.by && pairOf(used, flags.by, description.columns);
  const check = await lookAt(used, { channel: flags.channel });
  const lengths = lengthsOf(used, check);
  if (flags.json) {
    const { name, clips, columns } = description;
    const problems = check.problems.length;
    const { leftOut } = account;
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
    [`${account.corpus}: ${used.length} clips in ${check.files} files`, ...leftOutLines(account)].join('\n'),
    plainTable(
      [{ head: 'column' }, { head: 'labels', align: 'right' }, { head: 'clips of each' }],
      description.columns.map(({ column, counts }) => [
        column,
        counts.length,
        countsText(counts, used.length),
      ]),
    ),
    ...(pair ? [pairText(pair)] : []),
    ...similarText(description.columns),
    `${lengthsText(lengths)}\n${ratesText(check)}`,
  ];
  if (notes.length > 0) parts.push(notesText(check));
  if (problems.length > 0) {
    parts.push(
      `${problemsText(check)}; "antitransfer data check ${path ?? `--config ${flags.config}`}" says more.`,
    );
  }
  process.stdout.write(`${parts.join('\n\n')}\n`);
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
    .flatMap((clip) => {
      const file = durations.get(clip.path);
      return file === undefined ? [] : [secondsIn(clip, file)];
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

/** All labels where they are few, else the first ones; and how many of all clips have none. */
function countsText(counts: ColumnDescription['counts'], all: number): string {
  const [first] = counts;
  const alike = counts.every(({ clips }) => clips === first?.clips);
  const shown = counts.slice(0, 12).map(({ label, clips }) => (alike ? label : `${label} (${clips})`));
  const rest = counts.length > shown.length ? ', …' : '';
  const without = all - sum(counts.map(({ clips }) => clips));
  const others = without === 0 ? '' : `; ${without} without`;
  return `${alike ? `${first?.clips ?? 0}: ` : ''}${shown.join(', ')}${rest}${others}`;
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
