import { closeSync, openSync, readSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FileRecord, isIntact } from '../../files/digest.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { Claim, type Holder, readHolder } from './claim.js';
import { appendEvent, type JobEvent, readEvents, readLastEvents, type StoredEvent } from './events.js';
import type { HeldClaim } from './held-claim.js';
import { type Job, jobId, jobSchema } from './job.js';
import { type JobRecord, storedResult } from './records.js';

/** How far a job is. Told from what it left: nothing has to be written for a process that died. */
export type JobState =
  | { readonly state: 'queued' }
  | { readonly state: 'running'; readonly host: string; readonly pid: number; readonly since: string }
  /** A process that was at it has ended without a result; whoever asks for it continues. */
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'done' };

/** How a result begins, and within how many bytes. */
const RESULT = /^{"job":"([^"]*)","record":{"kind":"([^"]*)","version":\d+,"seconds":([\d.e+-]+)/;
const HEAD = 256;

/** How a job has come to its end. */
export interface EndedJob {
  /** That of its record: `target`, `diverged`. */
  readonly kind: string;
  /** That it took, all its starts added. */
  readonly seconds: number;
}

/** The first bytes of a file; undefined where there is none. */
function headOf(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(HEAD);
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** What is stored of one job, below `jobs` under its digest. */
export class JobFolder {
  readonly id: string;
  /** Whether nobody changes it but by its files here: that of a bucket is another machine's, too. */
  readonly isLocal: boolean = true;
  /** What is to be done, as JSON. */
  readonly spec: string;
  /** The trained network: raw features in, logits out. */
  readonly network: string;
  /** Of a training of the target: what the network said of validation clips after each epoch. */
  readonly maps: string;
  /** Checkpoints of a training under way. */
  readonly training: string;
  readonly claim: string;
  /** A line of JSON an event. */
  readonly eventFile: string;
  /** What it left, last of all. */
  readonly resultFile: string;

  constructor(readonly folder: string) {
    this.id = basename(folder);
    this.network = join(folder, 'network.onnx');
    this.maps = join(folder, 'validation-maps.bin');
    this.training = join(folder, 'training');
    this.claim = join(folder, 'claim');
    this.spec = join(folder, 'job.json');
    this.resultFile = join(folder, 'result.json');
    this.eventFile = join(folder, 'events.jsonl');
  }

  /** Takes the job where nobody is at it, or says who is; see {@link Claim.take}. */
  take(): Promise<HeldClaim | Holder> {
    return Claim.take(this.claim);
  }

  /** The same without listening for signs of life; see {@link Claim.takeNow}. */
  takeNow(): Promise<HeldClaim | Holder> {
    return Claim.takeNow(this.claim);
  }

  /** Waits until nobody is at it. @throws the signal's reason when it aborts */
  free(signal: AbortSignal): Promise<void> {
    return Claim.free(this.claim, signal);
  }

  /** Who is at it; `undefined` when nobody is. */
  holder(): Promise<Holder | undefined> {
    return readHolder(this.claim);
  }

  /** What is to be done; `undefined` when it was never stored, or is damaged, or another job's. */
  async job(): Promise<Job | undefined> {
    const job = await readJson(this.spec, jobSchema).catch(absentIfDamaged);
    return job !== undefined && jobId(job) === this.id ? job : undefined;
  }

  /** Stores what is to be done, where that is not stored yet. */
  async writeJob(job: Job): Promise<void> {
    if ((await this.job()) === undefined) await writeJson(this.spec, job);
  }

  /**
   * What the job left; `undefined` as long as it is not done. A result one of whose files is damaged or gone counts as not
   * there: the job is done again. All of these files is read.
   *
   * @throws FileError when it is there and cannot be read.
   */
  async result(): Promise<JobRecord | undefined> {
    const record = await this.record();
    if (record === undefined) return undefined;
    for (const [path, file] of this.filesOf(record)) if (!(await isIntact(path, file))) return undefined;
    return record;
  }

  /** Files beside a result, and what they held. */
  filesOf(record: JobRecord): [string, FileRecord][] {
    return [
      ...('network' in record ? [[this.network, record.network] as [string, FileRecord]] : []),
      ...('maps' in record ? [[this.maps, record.maps] as [string, FileRecord]] : []),
    ];
  }

  /** Where a file is here that is at a path in another folder of the same job. */
  beside(path: string): string {
    return join(this.folder, basename(path));
  }

  /** The same at a look, for whoever knows that its files are whole: their bytes are not read. */
  async record(): Promise<JobRecord | undefined> {
    const stored = await readJson(this.resultFile, storedResult).catch(absentIfDamaged);
    return stored?.job === this.id ? stored.record : undefined;
  }

  /** Stores the result, last of all; what only a training under way needs is removed. */
  async writeResult(record: JobRecord): Promise<void> {
    await writeJson(this.resultFile, storedResult.parse({ job: this.id, record }));
    await rm(this.training, { recursive: true, force: true });
  }

  /** Adds an event. */
  append(event: JobEvent): Promise<void> {
    return appendEvent(this.eventFile, event);
  }

  /** All lines of its events; `undefined` when there are none. */
  eventBytes(): Promise<Uint8Array | undefined> {
    return readWhole(this.eventFile);
  }

  /** All events so far; a line that is not whole does not count. */
  events(): Promise<StoredEvent[]> {
    return readEvents(this.eventFile);
  }

  /** Brings what others have told since to the file of its events, where they tell it elsewhere. */
  bringEvents(): Promise<void> {
    return Promise.resolve();
  }

  /** The last of them, however many there are. */
  lastEvents(): Promise<StoredEvent[]> {
    return readLastEvents(this.eventFile);
  }

  /** Whether files of a record are as large as it says, at a look. */
  protected async isWhole(record: JobRecord): Promise<boolean> {
    const sizes = this.filesOf(record).map(async ([path, { bytes }]) => {
      const found = await stat(path).catch(() => undefined);
      return found?.size === bytes;
    });
    return (await Promise.all(sizes)).every(Boolean);
  }

  /** What its result says, without its files. */
  protected glance(): Promise<JobRecord | undefined> {
    return this.record();
  }

  /** Whether its files are there, without a look into them. */
  protected isThere(record: JobRecord): Promise<boolean> {
    return this.isWhole(record);
  }

  /**
   * How it has come to its end, by the first bytes of its result: for whoever lists thousands of jobs. Neither the rest of it nor any
   * other file is looked at, nor is a bucket asked. It reads at once and not through the queue of the thread pool, which would take ten
   * times as long.
   *
   * @returns undefined where it has not, or is damaged
   */
  ended(): EndedJob | undefined {
    const head = headOf(this.resultFile);
    const [, job, kind, seconds] = (head !== undefined && RESULT.exec(head)) || [];
    return job === this.id && kind !== undefined ? { kind, seconds: Number(seconds) } : undefined;
  }

  /** How far it is, at a look: the bytes of its files are not read. */
  async state(): Promise<JobState> {
    const record = await this.glance();
    if (record?.kind === 'diverged') return { state: 'failed', message: record.reason };
    if (record !== undefined && (await this.isThere(record))) return { state: 'done' };
    const holder = await this.holder();
    if (holder !== undefined) return { state: 'running', ...holder };
    const isTold = ({ event }: StoredEvent) => event.kind !== 'waiting';
    const last = ((await this.lastEvents()).findLast(isTold) ?? (await this.events()).findLast(isTold))
      ?.event;
    if (last === undefined) return { state: 'queued' };
    return last.kind === 'failed' ? { state: 'failed', message: last.message } : { state: 'stopped' };
  }
}
