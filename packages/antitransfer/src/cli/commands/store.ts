import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { layerResults } from '../../answers/layers/results.js';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { namingFile } from '../../files/file-error.js';
import { folderSize, namesIn } from '../../files/folder-size.js';
import { readJson } from '../../files/json-file.js';
import { ComparisonFolder } from '../../runs/folder/comparison-folder.js';
import { paths } from '../../runs/folder/paths.js';
import { type ClearChoice, type Clearing, clear, planClearing } from '../../runs/store/clear.js';
import { describeFeatures, describeJob } from '../../runs/store/describe.js';
import { type Inventory, type StoredJob, takeInventory } from '../../runs/store/inventory.js';
import type { Store } from '../../runs/store/store.js';
import { storeAt } from '../../runs/store/store-at.js';
import type { StoredItem } from '../../runs/store/stored-item.js';
import { byteSize } from '../byte-size.js';
import { addExamples } from '../examples.js';
import { defaultStore, placeOfStore } from '../folders.js';
import { plainTable } from '../plain-table.js';
import { printable } from '../printable.js';

/** Lines of the terminal end here. */
const WIDTH = 80;

interface Flags {
  readonly store?: string;
  readonly json?: boolean;
}

interface ClearFlags extends Flags, ClearChoice {
  readonly all?: boolean;
  readonly cache?: boolean;
  readonly keep?: readonly string[];
  readonly dryRun?: boolean;
}

/** `antitransfer store`, `antitransfer store clear` */
export function defineStore(command: Command): void {
  addFlags(command)
    .description('Lists what the store and the cache hold: features, trainings and who is at them, bytes.')
    .action(runList);
  const clearing = addFlags(command.command('clear'))
    .description(
      'Removes parts of the store. What is missing is made again by the command that wants it: features from the ' +
        'recordings, networks by training. Refused while a process is at what is to be removed.',
    )
    .option('--features', 'features')
    .option(
      '--jobs',
      'trainings, tests and networks, done or not, and lists of clips that nothing needs then',
    )
    .option('--stopped', 'trainings that were stopped, failed or never begun')
    .option('--all', 'features and trainings')
    .option('--cache', 'the cache: demo corpus, compiled programs')
    .option('--keep <folders...>', 'folders of compare or train: all that they refer to stays')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .action((_, self: Command) => runClear(self.optsWithGlobals()));
  addExamples(clearing, [
    ['store clear --stopped', 'what Ctrl-C left and nobody will continue'],
    ['store clear --all --keep runs/fsdd runs/emodb', 'all but what two comparisons need'],
    ['store clear --features --cache --dry-run', 'what could be computed again'],
  ]);
  addExamples(command, [
    ['store', 'what is kept, and how large it is'],
    ['store --json', 'the same for programs'],
  ]);
}

function addFlags(command: Command): Command {
  return command
    .option(
      '--store <place>',
      'the store: a folder, or s3://BUCKET/PREFIX (default: ANTITRANSFER_STORE, or runs/store)',
    )
    .option('--json', 'print JSON');
}

async function runList(flags: Flags): Promise<void> {
  const inventory = await takeInventory(storeOf(flags));
  const cache = await cacheOf(defaultCache());
  process.stdout.write(
    flags.json ? `${JSON.stringify(asJson(inventory, cache))}\n` : asText(inventory, cache),
  );
}

async function runClear({ keep = [], all, dryRun, cache, json, ...flags }: ClearFlags): Promise<void> {
  const choice = { features: all || flags.features, jobs: all || flags.jobs, stopped: all || flags.stopped };
  if (![...Object.values(choice), cache].includes(true)) {
    throw new UserError(
      'Say what to remove: --features, --jobs, --stopped, --all (of the store), or --cache.',
    );
  }
  const store = storeOf(flags);
  const inventory = await takeInventory(store);
  const clearing = planClearing(inventory, given(choice), await kept(keep));
  const folder = resolve(defaultCache());
  const cached = cache ? await cacheOf(folder) : [];
  if (!dryRun) {
    await clear(store, inventory, clearing);
    for (const { path } of cached)
      await namingFile(path, 'written', () => rm(path, { recursive: true, force: true }));
  }
  const sizes = {
    store: sizesOf(inventory.bytes, dryRun ? inventory.bytes - clearing.bytes : await store.bytes()),
    ...(cache && { cache: sizesOf(bytesOf(cached), dryRun ? 0 : bytesOf(await cacheOf(folder))) }),
  };
  const counts = countsOf(clearing);
  if (json) {
    process.stdout.write(`${JSON.stringify({ removed: counts, ...sizes, dryRun: dryRun === true })}\n`);
    return;
  }
  const removed = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const verb = dryRun ? 'Would remove' : 'Removed';
  process.stdout.write(`${verb} ${removed.join(', ')}${cache ? ', and the cache' : ''}.\n`);
  for (const [name, { before, after }] of Object.entries(sizes)) {
    process.stdout.write(
      `The ${name} ${dryRun ? 'would go' : 'went'} from ${byteSize(before)} to ${byteSize(after)}.\n`,
    );
  }
}

/** Flags that were given: those that were not are no choice. */
function given(choice: Readonly<Record<keyof ClearChoice, boolean | undefined>>): ClearChoice {
  const { features = false, jobs = false, stopped = false } = choice;
  return { features, jobs, stopped };
}

/** What the folders of comparisons refer to. */
async function kept(folders: readonly string[]) {
  const indices = await Promise.all(
    folders.map(async (folder) => {
      const index = await new ComparisonFolder(resolve(folder)).index();
      if (index !== undefined) return index;
      throw new UserError(
        `--keep ${folder}: there is no comparison.json in it. Name the folders that compare or train wrote.`,
      );
    }),
  );
  const analyses = await Promise.all(
    folders.map((folder) => readJson(paths.analysis(resolve(folder)), layerResults)),
  );
  return {
    jobs: indices
      .flatMap(({ methods, tasks }) => [
        ...methods.flatMap(({ job, assessment }) => [job, assessment]),
        ...tasks.map(({ job }) => job),
      ])
      .concat(analyses.flatMap((analysis) => analysis?.jobs ?? [])),
    sets: indices.flatMap(({ repetitions }) => repetitions.map(({ test }) => test)),
  };
}

function storeOf({ store }: Flags): Store {
  return storeAt(placeOfStore(store ?? defaultStore()), resolve(defaultCache()));
}

/** What is in the cache. */
async function cacheOf(folder: string): Promise<StoredItem[]> {
  return Promise.all(
    (await namesIn(folder)).map(async (id) => {
      const path = join(folder, id);
      return { id, path, bytes: (await folderSize(path)).bytes };
    }),
  );
}

const states = ['done', 'running', 'stopped', 'failed', 'queued'] as const;

function asJson({ location, bytes, features, jobs, sets, models }: Inventory, cache: readonly StoredItem[]) {
  return {
    store: { folder: location, bytes },
    features: features.map(({ id, settings, clips, bytes: own }) => ({ id, settings, clips, bytes: own })),
    jobs: jobs.map(({ id, job, state, bytes: own }) => ({
      id,
      description: describeJob(job, id, jobsOf(jobs)),
      ...state,
      bytes: own,
    })),
    sets: { count: sets.length, bytes: bytesOf(sets) },
    models: { count: models.length, bytes: bytesOf(models) },
    cache: { folder: resolve(defaultCache()), bytes: bytesOf(cache), entries: cache.map(withoutPath) },
  };
}

function withoutPath({ id, bytes }: StoredItem) {
  return { id, bytes };
}

function asText(inventory: Inventory, cache: readonly StoredItem[]): string {
  const { location, bytes, features, jobs, sets, models } = inventory;
  const counted = (kind: string, items: readonly StoredItem[]) => [
    kind,
    items.length,
    byteSize(bytesOf(items)),
  ];
  const rows = [
    ...features.map((found) => [
      `features: ${describeFeatures(found.settings, found.id)}`,
      found.clips ?? '?',
      byteSize(found.bytes),
    ]),
    ...Object.entries(byKind(jobs)).flatMap(([kind, all]) =>
      states.flatMap((state) => {
        const found = all.filter((job) => job.state.state === state);
        return found.length > 0 ? [counted(`${kind}: ${state}`, found)] : [];
      }),
    ),
    counted('lists of clips', sets),
    counted('networks that were given', models),
  ];
  const table = plainTable(
    [{ head: 'what' }, { head: 'number', align: 'right' }, { head: 'size', align: 'right' }],
    rows,
  );
  const caches = cache.map(({ id, bytes: own }) => cut(`  ${printable(id)}  ${byteSize(own)}`));
  return [
    `Store ${printable(location)}: ${byteSize(bytes)}`,
    table,
    ...jobs.flatMap((job) => noteworthy(job, jobs)).map(cut),
    '',
    `Cache ${printable(resolve(defaultCache()))}: ${byteSize(bytesOf(cache))}`,
    ...caches,
    '',
  ].join('\n');
}

/** A line about who is at a training, or why it failed. */
function noteworthy({ id, job, state }: StoredJob, all: readonly StoredJob[]): string[] {
  const what = describeJob(job, id, jobsOf(all));
  if (state.state === 'running') return [`running: ${what}: process ${state.pid} on ${state.host}`];
  if (state.state === 'failed') return [`failed: ${what}: ${state.message.split('\n')[0]}`];
  return [];
}

/** Finds jobs by their ids. */
function jobsOf(all: readonly StoredJob[]) {
  return (id: string) => all.find((stored) => stored.id === id)?.job;
}

function cut(line: string): string {
  const shown = printable(line);
  return shown.length <= WIDTH ? shown : `${shown.slice(0, WIDTH - 1)}…`;
}

function countsOf({ features, jobs, sets, models }: Clearing) {
  return {
    'kinds of features': features.length,
    trainings: byKind(jobs).trainings.length,
    tests: byKind(jobs).tests.length,
    'lists of clips': sets.length,
    'given networks': models.length,
  };
}

/** Jobs by what they do. Nobody knows what those are that are of another version: they count as trainings. */
function byKind(jobs: readonly StoredJob[]) {
  const isTest = ({ job }: StoredJob) => job?.kind === 'assessment' || job?.kind === 'analysis';
  return { trainings: jobs.filter((job) => !isTest(job)), tests: jobs.filter(isTest) };
}

function sizesOf(before: number, after: number) {
  return { before, after };
}

function bytesOf(items: readonly StoredItem[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}
