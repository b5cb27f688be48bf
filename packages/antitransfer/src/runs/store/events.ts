import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isAbsent, namingFile } from '../../files/file-error.js';
import { makeFolder } from '../../files/make-folder.js';
import { readWhole } from '../../files/read-whole.js';
import { epochMetrics } from '../../learning/training/epoch-metrics.js';

const kind = <K extends string, S extends z.ZodRawShape>(name: K, shape: S) =>
  z.strictObject({ kind: z.literal(name), ...shape });

/**
 * What happens to a job. All of it goes one way: to the line of its file (but for batches: one a second), to the
 * terminal's progress, and to whoever watches.
 */
export const jobEvent = z.discriminatedUnion('kind', [
  /** A process has begun it, or continues it. */
  kind('started', { host: z.string(), pid: z.int() }),
  /** Another process is at it: this one waits. */
  kind('waiting', { host: z.string(), pid: z.int() }),
  kind('batch', {
    epoch: z.int(),
    epochs: z.int(),
    batch: z.int(),
    batches: z.int(),
    /** Of the last training step. */
    milliseconds: z.number(),
    crossEntropy: z.number(),
  }),
  /** Of a test: fits of a probe that are done. */
  kind('probing', { done: z.int(), total: z.int() }),
  kind('epoch', { epochs: z.int(), metrics: epochMetrics }),
  /** Asked to stop: a checkpoint is written. */
  kind('stopped', {}),
  kind('failed', { message: z.string(), isUserError: z.boolean() }),
  /** A worker of a queue left it to others, for what it lacks. */
  kind('refused', { host: z.string(), reason: z.string() }),
  /** A worker of a queue did not come to its end; after the last try it has failed. */
  kind('tried', {
    host: z.string(),
    attempt: z.int(),
    attempts: z.int(),
    message: z.string(),
    isUserError: z.boolean(),
  }),
  /** Its result is in the store; `reused` when it was there before. */
  kind('done', { reused: z.boolean() }),
]);

/** Something that happened to a job. */
export type JobEvent = z.infer<typeof jobEvent>;

/** A line of a job's file. */
export const storedEvent = z.strictObject({
  version: z.literal(1),
  /** ISO 8601. */
  time: z.iso.datetime(),
  event: jobEvent,
});

/** The same with its time: a line of `events.jsonl`. */
export type StoredEvent = z.infer<typeof storedEvent>;

/** Adds a line. @throws FileError when it cannot be written. */
export async function appendEvent(path: string, event: JobEvent): Promise<void> {
  const line: StoredEvent = { version: 1, time: new Date().toISOString(), event };
  await namingFile(path, 'written', async () => {
    await makeFolder(dirname(path));
    const file = await open(path, 'a+');
    try {
      // A process that died while it wrote left half a line: what follows is not to be part of it.
      const start = (await endsWithinLine(file)) ? '\n' : '';
      await file.appendFile(`${start}${JSON.stringify(line)}\n`);
    } finally {
      await file.close();
    }
  });
}

async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

/**
 * The events of a file, in their order. A line that is not complete (a process died while it wrote, or writes just now)
 * or damaged counts as not there: events tell what happened, no number is made from them.
 */
export async function readEvents(path: string): Promise<StoredEvent[]> {
  const lines = (await readWhole(path))?.toString().split('\n') ?? [];
  return lines.flatMap((line) => parseEvent(line) ?? []);
}

/** Bytes that hold the last events of a job: some hundred lines. */
const LAST_BYTES = 2 ** 14;

/** The last events of a file, in their order, however long it is: all that a look at a job needs. */
export async function readLastEvents(path: string): Promise<StoredEvent[]> {
  return namingFile(path, 'read', async () => {
    const file = await open(path).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (file === undefined) return [];
    try {
      const { size } = await file.stat();
      if (size === 0) return [];
      const first = Math.max(0, size - LAST_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - first), 0, size - first, first);
      // What the first line is a part of is damaged for whoever reads it so, and left out.
      const lines = buffer.subarray(0, bytesRead).toString().split('\n');
      return lines.flatMap((line) => parseEvent(line) ?? []);
    } finally {
      await file.close();
    }
  });
}

/** What a line of a job's file says; `undefined` where it is not complete or damaged. */
export function parseEvent(line: string): StoredEvent | undefined {
  try {
    return storedEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
