import type { Command } from 'commander';
import type { CorpusAccount } from '../../data/account/account.js';
import type { Clip } from '../../data/clip.js';
import type { CheckOptions } from '../../data/corpora/inspector.js';
import { featureSettings } from '../../data/features/settings.js';
import type { Experiment } from '../../runs/config/schema.js';
import { loadCorpora } from '../../runs/data/load-corpora.js';
import { addCorpusFlags, type CorpusFlags, experimentOf, openCorpus } from '../corpus-source.js';
import { exitCodes } from '../exit-codes.js';
import {
  filesText,
  leftOutLines,
  lookAt,
  notesText,
  problemsText,
  ratesOf,
  ratesText,
} from '../file-check.js';
import { printable } from '../printable.js';
import { sentence } from '../sentence.js';
import { wholeNumber } from '../values.js';

interface Flags extends CorpusFlags {
  readonly json?: boolean;
  readonly channel?: number;
}

export const checkExamples = [
  ['data check spoken', 'whether every file can be used'],
  ['data check --config my.yaml', 'the same, as a comparison trains on them'],
] as const;

/** `antitransfer data check [PATH]` */
export function defineCheck(parent: Command, path: string): Command {
  const check = parent
    .command('check')
    .description(
      'Does with every file what a training does, and lists those that are missing, unreadable, empty, truncated, damaged, ' +
        'absurdly loud, or hold nothing to hear; the exit code is 1 when there are any. With --config it goes as far as ' +
        "that comparison's training does.",
    )
    .argument('[path]', `${path} (default: that of --config)`)
    .option('--channel <n>', 'channel of recordings with several; default: the mean of all', wholeNumber(1))
    .option('--json', 'print JSON')
    .action(runCheck);
  return addCorpusFlags(check);
}

async function runCheck(path: string | undefined, flags: Flags): Promise<void> {
  const { clips, accounts, options, settings } = await toCheck(path, flags);
  const check = await lookAt(clips, options);
  const { files, problems, notes } = check;
  if (problems.length > 0) process.exitCode = exitCodes.problems;
  if (flags.json) {
    const leftOut = accounts.flatMap((account) => account.leftOut);
    const corpus = accounts.map((account) => account.corpus).join(', ');
    const seen = { corpus, clips: clips.length, files, leftOut, settings, notes };
    process.stdout.write(`${JSON.stringify({ ...seen, sampleRates: ratesOf(check), problems })}\n`);
    return;
  }
  for (const { message } of problems) process.stdout.write(`${printable(message)}\n`);
  for (const { path, note } of notes) process.stdout.write(`${printable(`note: "${path}": ${note}.`)}\n`);
  const verdict = problems.length === 0 ? 'all can be used' : problemsText(check);
  process.stdout.write(
    `${sentence(`${accounts.map(({ corpus }) => corpus).join(', ')}: ${filesText(files)}, ${verdict}. ${ratesText(check)}`)}\n`,
  );
  if (notes.length > 0) process.stdout.write(`${sentence(notesText(check))}\n`);
  for (const line of [...accounts.flatMap(leftOutLines), sentence(settings)])
    process.stdout.write(`${line}\n`);
}

/** What is to be checked, and how far. */
interface ToCheck {
  readonly clips: readonly Clip[];
  readonly accounts: readonly CorpusAccount[];
  readonly options: CheckOptions;
  /** Which settings these are, a sentence. */
  readonly settings: string;
}

/** With a configuration all that it trains on, as it does; else what flags say. */
async function toCheck(path: string | undefined, flags: Flags): Promise<ToCheck> {
  const experiment = await experimentOf(path, flags);
  if (experiment === undefined) {
    const { clips, account } = await openCorpus(path, flags);
    const features = featureSettings.parse({ channel: flags.channel });
    const settings =
      'Checked with the default features, clips as a whole; --config checks as a comparison trains.';
    return { clips, accounts: [account], options: { features }, settings };
  }
  const { target, tasks } = await loadCorpora(experiment);
  const corpora = [target, ...tasks.flatMap((corpus) => corpus ?? [])];
  const { segments } = experiment;
  const features = { ...experiment.features, ...(flags.channel !== undefined && { channel: flags.channel }) };
  return {
    clips: corpora.flatMap(({ clips }) => clips),
    accounts: corpora.map(({ account }) => account),
    options: { features, segments },
    settings: checkedText(flags.config ?? '', { features, segments }),
  };
}

/** What a placement leaves of a longer clip. */
const kept = { start: 'the first', centre: 'the middle', random: 'randomly placed' } as const;

function checkedText(
  config: string,
  { features, segments }: Pick<Experiment, 'features' | 'segments'>,
): string {
  const { sampleRate, seconds, placement, channel } = features;
  const heard =
    segments === null
      ? `${kept[placement]} ${seconds} s of each clip`
      : `windows of ${seconds} s, ${segments.hop ?? seconds / 2} s apart (minimum ${segments.minimum} s, peak ${segments.minimumPeak})`;
  return (
    `Checked as ${config} trains: where, labels and columns that it uses, ${features.kind} at ${sampleRate} Hz of ` +
    `${channel === undefined ? 'the mean of all channels' : `channel ${channel}`}, ${heard}.`
  );
}
