import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComparisonResults, EpochMetrics } from 'antitransfer/answers';
import { type ComparisonIndex, type JobRecord, paths, type StoredEvent } from 'antitransfer/runs';

/** Lines of steps in an epoch: an epoch of three seconds. */
const STEPS = 3;

/** How far the comparisons are that are made. */
export type Fate = 'done' | 'stopped' | 'failed' | 'queued';

interface Many {
  readonly count: number;
  /** Of each training. */
  readonly epochs: number;
  /** How far one is; the others, too, by its number from 0. */
  readonly fateOf: (at: number) => Fate;
}

/** What one comparison left, and its jobs by their digests. */
interface Original {
  readonly index: ComparisonIndex;
  readonly results: ComparisonResults;
  readonly report: string;
  readonly jobs: string;
}

/**
 * Writes many comparisons beside one that was made, in the formats that it has: each has a folder of its own with its results and
 * its report, and jobs of its own in the store, with the events of so many epochs and their results. Networks are links to those of
 * the first; what a job was told (`job.json`), which only the page of layers asks for, is not there.
 *
 * @param runs has a comparison in `small`, and the store
 * @param into is made, with the comparisons `cell-0` …
 */
export async function writeMany(runs: string, into: string, { count, epochs, fateOf }: Many): Promise<void> {
  const small = join(runs, 'small');
  const original: Original = {
    index: await opened(paths.index(small)),
    results: await opened(paths.results(small)),
    report: await readFile(paths.report(small), 'utf8'),
    jobs: join(runs, 'store/jobs'),
  };
  const texts = await Promise.all([paths.clips, paths.config].map((path) => readFile(path(small))));
  const { jobs } = original;
  const templates = await Promise.all((await readdir(jobs)).map((id) => readTemplate(join(jobs, id), id)));
  for (let at = 0; at < count; at++) {
    const [name, fate] = [`cell-${at}`, fateOf(at)];
    const digests = new Map(templates.map(({ id }) => [id, sha256(`${name} ${id}`).slice(0, 32)]));
    await writeComparison(join(into, name), name, fate, original, digests, epochs);
    for (const [i, path] of [paths.clips, paths.config].entries())
      await writeFile(path(join(into, name)), texts[i] ?? '');
    const own = templates.map((template) => ({ template, digest: digests.get(template.id) ?? '' }));
    // Whoever killed it or made it fail did so at the last training that began; what comes after waits.
    const last = own.findLastIndex(({ template }) => template.isTraining);
    for (const [place, { template, digest }] of own.entries()) {
      const own = fate === 'done' || place < last ? 'done' : place > last ? 'queued' : fate;
      await writeStored(join(jobs, digest), template, fate === 'queued' ? 'queued' : own, epochs);
    }
  }
}

async function writeComparison(
  folder: string,
  name: string,
  fate: Fate,
  { index, results, report }: Original,
  digests: ReadonlyMap<string, string>,
  epochs: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const own = (id: string) => digests.get(id) ?? id;
  const experiment = { ...index.experiment, name, training: { ...index.experiment.training, epochs } };
  await sealed(paths.index(folder), {
    ...index,
    experiment,
    store: '../../store',
    methods: index.methods.map((cell) => ({
      ...cell,
      job: own(cell.job),
      assessment: own(cell.assessment),
    })),
    tasks: index.tasks.map((cell) => ({ ...cell, job: own(cell.job) })),
  });
  if (fate !== 'done') return;
  await sealed(paths.results(folder), {
    ...results,
    name,
    runs: results.runs.map((run) => ({ ...run, epochs: lengthened(run.epochs, epochs) })),
  });
  await writeFile(
    paths.report(folder),
    report.replace(`<title>${index.experiment.name}: `, `<title>${name}: `),
  );
}

interface Template {
  readonly id: string;
  readonly folder: string;
  readonly isTraining: boolean;
  readonly events: readonly StoredEvent[];
  readonly record: JobRecord;
  /** Beside the result. */
  readonly files: readonly string[];
}

async function readTemplate(folder: string, id: string): Promise<Template> {
  const text = await readFile(join(folder, 'events.jsonl'), 'utf8');
  const { record } = await opened<{ record: JobRecord }>(join(folder, 'result.json'));
  return {
    id,
    folder,
    isTraining: record.kind === 'target',
    events: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as StoredEvent),
    record,
    files: (await readdir(folder)).filter((name) => /\.(onnx|bin)$/.test(name)),
  };
}

async function writeStored(folder: string, template: Template, fate: Fate, epochs: number): Promise<void> {
  if (fate === 'queued') return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const isDone = fate === 'done';
  const events = eventsOf(template.events, epochs, isDone ? epochs : Math.ceil(epochs / 2));
  const [first] = template.events;
  const failed = { ...first, event: { kind: 'failed', message: 'The disk is full.', isUserError: true } };
  const told = [...events, ...(fate === 'failed' ? [failed] : [])];
  await writeFile(join(folder, 'events.jsonl'), `${told.map((event) => JSON.stringify(event)).join('\n')}\n`);
  if (!isDone) return;
  for (const name of template.files) await link(join(template.folder, name), join(folder, name));
  const { record } = template;
  await sealed(join(folder, 'result.json'), {
    job: folder.split('/').at(-1),
    record: 'epochs' in record ? { ...record, epochs: lengthened(record.epochs, epochs) } : record,
  });
}

/** The events of a training of so many epochs as far as it got; those of other jobs as they are. */
function eventsOf(events: readonly StoredEvent[], epochs: number, until: number): readonly object[] {
  const found = events.flatMap((stored) => (stored.event.kind === 'epoch' ? [stored.event.metrics] : []));
  const [first] = events;
  if (found.length === 0 || first === undefined) return events;
  const step = events.find(({ event }) => event.kind === 'batch')?.event;
  const begin = Date.parse(first.time);
  let seconds = 0;
  const told = (event: object) => ({
    version: 1,
    time: new Date(begin + 1000 * seconds++).toISOString(),
    event,
  });
  return [
    told({ kind: 'started', host: 'vm', pid: 4_000_000 }),
    ...lengthened(found, epochs)
      .slice(0, until)
      .flatMap((metrics) => [
        ...Array.from({ length: STEPS }, (_, at) =>
          told({ ...step, epochs, epoch: metrics.epoch, batch: at + 1, batches: STEPS }),
        ),
        told({ kind: 'epoch', epochs, metrics }),
      ]),
    ...(until === epochs ? [told({ kind: 'done', reused: false })] : []),
  ];
}

/** So many epochs: what was measured in those that there are comes round again. */
function lengthened(epochs: readonly EpochMetrics[], count: number): EpochMetrics[] {
  return Array.from({ length: count }, (_, at) => ({ ...epochs[at % epochs.length]!, epoch: at + 1 }));
}

/** Reads what {@link sealed} writes, but for its digest. */
async function opened<Content>(path: string): Promise<Content> {
  const { sha256: _, ...content } = JSON.parse(await readFile(path, 'utf8'));
  return content;
}

/** JSON as the store has it: its digest is its last key. */
async function sealed(path: string, content: object): Promise<void> {
  const text = JSON.stringify(content);
  await writeFile(path, `${text.slice(0, -1)},"sha256":"${sha256(text)}"}\n`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
