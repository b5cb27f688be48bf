import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import {
  type CorpusOnRequest,
  type FreeCorpus,
  fetchable,
  findCorpus,
} from '../../data/download/catalogue.js';
import { type FetchPlan, type FetchStep, fetchPlanned, planFetch } from '../../data/download/fetch-corpus.js';
import { bytesText } from '../../data/download/space.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { exitCodes } from '../exit-codes.js';
import { abortOnInterrupt } from '../interrupt.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { names } from '../values.js';

interface Flags {
  readonly part?: readonly string[];
  readonly url?: string;
  readonly yes?: boolean;
}

/** Bytes above which nothing is fetched that nobody confirmed. */
const ASKED_ABOVE = 1e9;

export const fetchExample = [
  'data fetch librispeech --part dev-clean',
  'what it takes, then the corpus itself',
] as const;

/** `antitransfer data fetch NAME [FOLDER]` */
export function defineFetch(parent: Command): Command {
  return parent
    .command('fetch')
    .description(
      'Fetches a corpus from its publisher: says its size, goes on where it stopped, checks it where its ' +
        'checksum is known, unpacks it. Of a corpus that is given on request it says how to ask for it.',
    )
    .argument('<name>', fetchable.join(', '))
    .argument('[folder]', 'where to (default: a folder of its name, here)')
    .option('--part <names>', 'parts or versions of it, such as train-clean-100,dev-clean', names)
    .option(
      '--url <address>',
      'another address of the archive, such as a mirror; what comes is checked as the original is',
    )
    .option('--yes', 'fetch more than 1 GB without being asked')
    .action(runFetch);
}

async function runFetch(name: string, folder: string | undefined, flags: Flags): Promise<void> {
  const corpus = findCorpus(name);
  if ('steps' in corpus) return sayHow(corpus);
  const signal = abortOnInterrupt(() => undefined);
  const { part, url, yes = false } = flags;
  const plan = await planFetch(
    corpus,
    {
      ...(folder !== undefined && { folder }),
      ...(part !== undefined && { parts: part }),
      ...(url !== undefined && { url: addressOf(url) }),
    },
    signal,
  );
  // What may still be declined or refused is no result.
  for (const line of planLines(corpus, plan)) process.stderr.write(`${printable(line)}\n`);
  if (plan.archives.length > 0) {
    await confirm(plan, yes);
    await follow(plan, signal);
  }
  process.stdout.write(`${printable(plan.folder)}: see "antitransfer data describe".\n`);
}

function sayHow({ steps }: CorpusOnRequest): void {
  process.stdout.write(`${steps.join('\n')}\n`);
  process.exitCode = exitCodes.problems;
}

function addressOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UserError(`--url ${url}: an address begins with http:// or https://.`);
}

function planLines({ corpus, licence, page }: FreeCorpus, { archives, there }: FetchPlan): string[] {
  return [
    `${corpus}: ${licence}, ${page}`,
    ...there.map((part) => `${part}: there already`),
    ...archives.map(({ part, path, url, size, checksum, downloaded, moves = false }) => {
      const checked =
        checksum === undefined
          ? `no checksum is known${moves ? ', and it is a branch, which may change' : ''}`
          : `${checksum.algorithm} known`;
      const from = downloaded ? `is at "${path}" already` : `from ${url}`;
      return `${part}: ${size === undefined ? 'of unknown size' : bytesText(size)} ${from}, ${checked}`;
    }),
  ];
}

/** Asks at a terminal; elsewhere nobody could answer. */
async function confirm({ bytes }: FetchPlan, yes: boolean): Promise<void> {
  if (yes || (bytes !== undefined && bytes <= ASKED_ABOVE)) return;
  const size = bytes === undefined ? 'an archive of unknown size' : bytesText(bytes);
  if (!process.stdin.isTTY) throw new UserError(`${size} would be fetched. Confirm it with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Fetch ${size}? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('Nothing was fetched.');
  } finally {
    terminal.close();
  }
}

const doing: Readonly<Record<FetchStep, string>> = {
  fetching: 'Fetching',
  checking: 'Checking',
  unpacking: 'Unpacking',
};

/** Carries a plan out, with a line of progress for each step of each part. */
async function follow(plan: FetchPlan, signal: AbortSignal): Promise<void> {
  let shown: { of: string; line: ProgressLine } | undefined;
  try {
    await fetchPlanned(plan, {
      signal,
      known: join(defaultCache(), 'fetched.json'),
      onNote: (sentence) => {
        shown?.line.finish();
        shown = undefined;
        process.stderr.write(`${printable(sentence)}\n`);
      },
      onProgress: (step, part, done, total) => {
        const of = `${doing[step]} ${part}`;
        if (shown?.of !== of) {
          shown?.line.finish();
          shown = { of, line: new ProgressLine(of) };
        }
        const count =
          step === 'unpacking'
            ? 'files'
            : `${bytesText(done)} of ${total === undefined ? '?' : bytesText(total)}`;
        shown.line.show(count, total === undefined ? 0 : Math.min(1, done / total));
      },
    });
  } finally {
    shown?.line.finish();
  }
}
