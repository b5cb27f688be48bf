import { hostname } from 'node:os';
import { DamagedFileError } from '../../files/file-error.js';
import type { Attendance } from '../store/attendance.js';
import type { Holder } from '../store/claim.js';
import type { JobEvent } from '../store/events.js';
import { isTaken } from '../store/held-claim.js';
import { EventLog } from './event-log.js';
import type { JobSurroundings, Work } from './job-context.js';
import { isUserCaused } from './user-caused.js';

/**
 * Does one job of the store. Its result is in the store afterwards.
 *
 * @returns who is at it, when somebody is: then nothing is done
 * @throws the signal's reason when it aborts; the next call continues.
 */
export async function carryOut(
  id: string,
  surroundings: JobSurroundings,
  work: Work,
  stop: AbortSignal,
  onEvent: (event: JobEvent) => void,
): Promise<Holder | undefined> {
  const folder = surroundings.store.job(id);
  stop.throwIfAborted();
  const claim = await folder.takeNow();
  if (!isTaken(claim)) return claim;
  const signal = AbortSignal.any([stop, claim.lost]);
  let attendance: Attendance | undefined;
  try {
    if ((await folder.result()) !== undefined) {
      onEvent({ kind: 'done', reused: true });
      return undefined;
    }
    const log = new EventLog(folder, onEvent);
    try {
      log.tell({ kind: 'started', host: hostname(), pid: process.pid });
      const job = await folder.job();
      if (job === undefined) throw new DamagedFileError(folder.spec, 'it is gone, or holds another job');
      attendance = await surroundings.store.attend(id, job);
      const record = await work(job, {
        ...surroundings,
        id,
        folder,
        signal,
        tell: (event) => log.tell(event),
      });
      await folder.writeResult(record);
    } catch (error) {
      log.tell(stop.aborted ? { kind: 'stopped' } : failed(error));
      // What went wrong first is what is told, also where the events cannot be stored any more.
      await log.close().catch(() => undefined);
      throw error;
    }
    log.tell({ kind: 'done', reused: false });
    // The result is there: a line that could not be written is no reason to call the job failed.
    await log.close().catch(() => undefined);
    return undefined;
  } finally {
    await attendance?.leave();
    await claim.release();
  }
}

function failed(error: unknown): JobEvent {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isUserError = isUserCaused(error);
  return { kind: 'failed', message: isUserError ? message : (stack ?? message), isUserError };
}
