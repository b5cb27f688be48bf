import { UserError } from '../../errors.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { readIntact } from '../../files/digest.js';
import { absentIfDamaged } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { describeJob } from './describe.js';
import { isTaken } from './held-claim.js';
import { type StoredJob, takeInventory } from './inventory.js';
import type { JobFolder } from './job-folder.js';
import { needsOf } from './needs.js';
import type { JobRecord } from './records.js';
import type { Store } from './store.js';

/** What became of the jobs of one store that was merged into another. */
export interface Merged {
  /** Results that were copied, and their bytes. */
  readonly taken: number;
  readonly bytes: number;
  /** The same were there already. */
  readonly there: number;
  /** Not done. */
  readonly unfinished: number;
  /** In words: another result is there. It stays. */
  readonly different: readonly string[];
  /** In words: the files are not what the result says, or of another version. */
  readonly damaged: readonly string[];
  /** In words: a process is at the same job in the store that is merged into. */
  readonly busy: readonly string[];
}

/**
 * Copies the finished results of a store into another, with the lists of clips and given networks that they need; features are
 * computed again where they are needed. Every file is held against its digest before it is taken. What is there stays: the
 * same result is left alone, another one is told of.
 *
 * @throws UserError when there is no store.
 * @throws FileError when something cannot be read or written; what is copied is whole.
 * @throws the signal's reason when it is aborted; the same call continues.
 */
export async function mergeStore(
  from: Store,
  into: Store,
  {
    signal,
    onProgress,
  }: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<Merged> {
  const { jobs } = await takeInventory(from);
  if (jobs.length === 0)
    throw new UserError(
      `"${from.location}" is no store, or holds no job: there is nothing in its folder "jobs".`,
    );
  const byId = new Map(jobs.map((stored) => [stored.id, stored.job]));
  const words: Record<Exclude<Outcome['kind'], 'taken' | 'there' | 'unfinished'>, string[]> = {
    different: [],
    damaged: [],
    busy: [],
  };
  const counts = { taken: 0, there: 0, unfinished: 0, bytes: 0 };
  const taken: string[] = [];
  for (const [at, stored] of jobs.entries()) {
    signal?.throwIfAborted();
    onProgress?.(at, jobs.length);
    const outcome = await mergeJob(stored, into.job(stored.id));
    switch (outcome.kind) {
      case 'taken':
        counts.taken++;
        counts.bytes += outcome.bytes;
        taken.push(stored.id);
        break;
      case 'there':
      case 'unfinished':
        counts[outcome.kind]++;
        break;
      default:
        words[outcome.kind].push(describeJob(stored.job, stored.id, (id) => byId.get(id)));
    }
  }
  await keepNeeds(taken, (id) => byId.get(id), from, into);
  onProgress?.(jobs.length, jobs.length);
  return { ...counts, ...words };
}

type Outcome =
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'there' | 'unfinished' | 'different' | 'damaged' | 'busy' };

async function mergeJob({ folder: from, job, state }: StoredJob, into: JobFolder): Promise<Outcome> {
  const record = await from.record();
  if (record === undefined) return { kind: state.state === 'done' ? 'damaged' : 'unfinished' };
  if (job === undefined) return { kind: 'damaged' };
  const there = await into.result();
  if (there !== undefined) return { kind: isSame(there, record) ? 'there' : 'different' };
  const files: [path: string, bytes: Uint8Array][] = [];
  for (const [path, file] of from.filesOf(record)) {
    const bytes = await readIntact(path, file);
    if (bytes === undefined) return { kind: 'damaged' };
    files.push([into.beside(path), bytes]);
  }
  const claim = await into.take();
  if (!isTaken(claim)) return { kind: 'busy' };
  try {
    await into.writeJob(job);
    const events = await from.eventBytes();
    if (events !== undefined && (await readWhole(into.eventFile)) === undefined)
      await writeWhole(into.eventFile, events);
    for (const [path, bytes] of files) await writeWhole(path, bytes);
    await into.writeResult(record);
    return { kind: 'taken', bytes: files.reduce((total, [, { byteLength }]) => total + byteLength, 0) };
  } finally {
    await claim.release();
  }
}

/** Whether two results are of the same numbers, whatever machine took however long for them. */
function isSame(one: JobRecord, other: JobRecord): boolean {
  return numbersOf(one) === numbersOf(other);
}

function numbersOf(record: JobRecord): string {
  const told: unknown = JSON.parse(
    JSON.stringify(record, (key, value: unknown) =>
      key === 'seconds' || key === 'environment' ? undefined : value,
    ),
  );
  return canonicalJson(told);
}

/** Copies what jobs were made of, where it is there. */
async function keepNeeds(
  ids: readonly string[],
  jobOf: Parameters<typeof needsOf>[2],
  from: Store,
  into: Store,
): Promise<void> {
  const { sets, models } = needsOf(ids, [], jobOf);
  for (const name of sets) {
    const set = await from.set(name).catch(absentIfDamaged);
    if (set !== undefined) await into.keepSet(set);
  }
  for (const name of models) {
    if ((await from.modelBytes(name)) !== undefined) await into.keepModel(from.model(name));
  }
}
