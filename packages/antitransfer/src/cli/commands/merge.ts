import { resolve } from 'node:path';
import type { Command } from 'commander';
import { wrapped } from '../../answers/wrapped.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { type Merged, mergeStore } from '../../runs/store/merge.js';
import type { Store } from '../../runs/store/store.js';
import { storeAt } from '../../runs/store/store-at.js';
import { byteSize } from '../byte-size.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { defaultStore, placeOfStore } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { terminalWidth } from '../terminal-width.js';

interface Flags {
  readonly store?: string;
  readonly json?: boolean;
}

/** `antitransfer merge STORES… --store INTO` */
export function defineMerge(command: Command): void {
  command
    .description(
      'Copies the finished trainings and tests of other stores into one, each held against its digest. What is there stays: a ' +
        'result that differs from the one there is refused and named. Then the sweep or comparison that they are of finds ' +
        'them done.',
    )
    .argument('<stores...>', 'stores: folders, as copied from other machines, or s3://BUCKET/PREFIX')
    .option(
      '--store <place>',
      'the store that they are copied into: a folder, or s3://BUCKET/PREFIX (default: runs/store)',
    )
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['merge from-a/store from-b/store', 'after sweep --shard 1/2 and 2/2 on two machines; then sweep again'],
  ]);
}

async function run(folders: readonly string[], { store, json }: Flags): Promise<void> {
  const cache = resolve(defaultCache());
  const into = storeAt(placeOfStore(store ?? defaultStore()), cache);
  const sources = [...new Set(folders.map(placeOfStore))];
  if (sources.includes(into.location))
    throw new UserError(`"${into.location}" cannot be merged into itself.`);
  const signal = abortOnInterrupt(() =>
    process.stderr.write('Stopping: what is copied is whole, the same command continues.\n'),
  );
  const use = await into.use(signal);
  try {
    const all: [string, Merged][] = [];
    for (const place of sources) all.push([place, await mergeOne(storeAt(place, cache), into, signal)]);
    process.stdout.write(
      json ? `${JSON.stringify(Object.fromEntries(all))}\n` : `${all.map(asText).join('\n')}\n`,
    );
    const isWrong = ([, { different, damaged, busy }]: (typeof all)[number]) =>
      different.length + damaged.length + busy.length > 0;
    if (all.some(isWrong)) process.exitCode = exitCodes.problems;
  } finally {
    await use.release();
  }
}

async function mergeOne(from: Store, into: Store, signal: AbortSignal): Promise<Merged> {
  const progress = new ProgressLine(`Merging ${printable(from.location)}`);
  try {
    return await mergeStore(from, into, {
      signal,
      onProgress: (done, total) => progress.count({ done, total }),
    });
  } finally {
    progress.finish();
  }
}

function asText([folder, { taken, bytes, there, unfinished, different, damaged, busy }]: [
  string,
  Merged,
]): string {
  const lines = [
    `${folder}: ${taken} results taken (${byteSize(bytes)}), ${there} were there, ${unfinished} are not finished.`,
    ...different.map((job) => `refused, another result is there: ${job}`),
    ...damaged.map((job) => `refused, damaged or of another version: ${job}`),
    ...busy.map((job) => `left, a process is at it: ${job}`),
  ];
  return lines.map((line) => wrapped(printable(line), terminalWidth(), '  ')).join('\n');
}
