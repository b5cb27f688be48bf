import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { encodeWav } from '../../src/data/audio/wav.js';
import type { TrainedExperiment } from '../../src/runs/carry-out-plans.js';
import { type ConfigTree, resolveConfig } from '../../src/runs/config/load.js';
import type { Config } from '../../src/runs/config/schema.js';
import type { JobSurroundings } from '../../src/runs/jobs/job-context.js';
import type { JobRunner, RunEvent } from '../../src/runs/jobs/runner.js';
import type { PlannedJob } from '../../src/runs/plan/plan.js';
import { type RunObserver, runExperiment } from '../../src/runs/run-experiment.js';
import { InlineRunner } from '../../src/runs/runners/inline-runner.js';
import type { JobRecord } from '../../src/runs/store/records.js';
import { Store } from '../../src/runs/store/store.js';

/** A clip of the tiny corpus: its row in the table. */
export interface Row {
  readonly path: string;
  readonly list: string;
  readonly digit: string;
  readonly speaker: string;
  readonly room: string;
}

/** Twenty clips: two tones (the digits), clean or with noise (the speakers), five takes each. */
export function tinyRows(): Row[] {
  const lists = ['training', 'training', 'training', 'validation', 'testing'];
  return ['low', 'high'].flatMap((digit) =>
    ['ann', 'bob'].flatMap((speaker) =>
      lists.map((list, take) => ({
        path: `${digit}-${speaker}-${take}.wav`,
        list,
        digit,
        speaker,
        room: (take % 2 === 0) === (speaker === 'ann') ? 'hall' : 'bath',
      })),
    ),
  );
}

/** What a clip of the tiny corpus sounds like: noise of its own, and a tone. */
export function sound(digit: string, speaker: string, seed: number): Uint8Array {
  const random = new Random(seed);
  const frequency = digit === 'low' ? 500 : 1500;
  const samples = Float32Array.from(
    { length: 3200 },
    (_, i) =>
      0.2 * Math.sin((2 * Math.PI * frequency * i) / 8000) +
      (speaker === 'ann' ? 0.01 : 0.1) * random.normal(),
  );
  return encodeWav(samples, 8000);
}

/** Writes the recordings and their table. */
export async function writeTiny(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, { path, digit, speaker }] of tinyRows().entries())
    await writeFile(join(folder, path), sound(digit, speaker, i));
  await writeTable(folder, tinyRows());
}

export async function writeTable(folder: string, rows: readonly Row[]): Promise<void> {
  const lines = rows.map(({ path, list, digit, speaker, room }) => [path, list, digit, speaker, room].join());
  await writeFile(join(folder, 'clips.csv'), ['path,list,digit,speaker,room', ...lines, ''].join('\n'));
}

/** A comparison of the tiny corpus as a file gives it: real trainings of a second. */
export function tinyTree(corpus: string): ConfigTree {
  return {
    name: 'tiny',
    data: { corpus: 'manifest', path: join(corpus, 'clips.csv') },
    target: 'digit',
    orthogonal: { column: 'speaker' },
    split: { kind: 'lists', column: 'list' },
    features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 },
    network: { width: 0.25 },
    training: { epochs: 2, batch: 6 },
    methods: ['no-transfer', 'cka'],
    seeds: 1,
  };
}

export function tinyConfig(corpus: string, changes: ConfigTree = {}): Config {
  return resolveConfig({ ...tinyTree(corpus), ...changes }, 'tiny');
}

/** What a run of a comparison did, by the names of jobs: what it did, and what was there. */
export interface Ran {
  readonly trained: readonly string[];
  readonly reused: readonly string[];
  readonly experiment: TrainedExperiment;
}

/** How the tests' machine carries jobs out. */
export function surroundingsOf(root: string, store = 'store'): JobSurroundings {
  return {
    store: new Store(join(root, store)),
    execution: { threads: 1, frozenCacheMiB: 64, frozenScratchMiB: 64, checkpointSeconds: 60 },
    compiledCache: join(root, 'compiled'),
  };
}

/** Runs a comparison in this process, or as the runner does. */
export async function runTiny(
  config: Config,
  root: string,
  {
    folder = 'out',
    store = 'store',
    runner = new InlineRunner(surroundingsOf(root, store)),
    signal,
    ...observed
  }: {
    folder?: string;
    store?: string;
    runner?: JobRunner;
    signal?: AbortSignal;
    onEvent?: (event: RunEvent) => void;
    onNote?: (note: string) => void;
  } = {},
): Promise<Ran> {
  const trained: string[] = [];
  const reused: string[] = [];
  const onDone: RunObserver['onDone'] = (job, _, before) =>
    void (before ? reused : trained).push(nameOf(job));
  const experiment = await runExperiment(config, {
    folder: join(root, folder),
    store: join(root, store),
    cache: join(root, 'cache'),
    runner,
    ...(signal && { signal }),
    observer: { ...observed, onDone },
  });
  return { trained: trained.sort(), reused: reused.sort(), experiment };
}

/** What tests call a job: `cka/1`, `test of cka/1`. */
export function nameOf({
  name,
  job,
}: {
  readonly name: string;
  readonly job: { readonly kind?: PlannedJob['job']['kind'] };
}): string {
  if (job.kind === 'correction') return `correction of ${name}`;
  return job.kind === 'assessment' ? `test of ${name}` : name;
}

/** What a run measured, by the name of the training, without what differs between two equal ones: time and machine. */
export function numbersOf({ plan, records }: TrainedExperiment): Record<string, unknown> {
  return Object.fromEntries(plan.jobs.map((job) => [nameOf(job), timeless(records.get(job.id))]));
}

function timeless(record: JobRecord | undefined): unknown {
  // Given up: it waits for a training that diverged.
  if (record === undefined) return undefined;
  return JSON.parse(
    JSON.stringify(record, (key, value: unknown) =>
      key === 'seconds' || key === 'environment' ? undefined : value,
    ),
  );
}
