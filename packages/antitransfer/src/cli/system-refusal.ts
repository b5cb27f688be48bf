import { codeOf } from '../errors.js';

/** What to do when the system refuses for want of something, by its code. A write to an open file names no path. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk, then run the same command again.',
  EDQUOT: 'Make room in your quota, then run the same command again.',
  EMFILE: 'Allow more open files (ulimit -n), then run the same command again.',
  ENFILE: 'Close other programs: the system has no more open files to give.',
  ENOMEM: 'Free memory, or ask for less: a smaller batch, shorter clips.',
  EROFS: 'Choose a place that can be written to.',
  EACCES: 'See who may read and write it.',
  EPERM: 'See who may read and write it.',
  EIO: 'The disk or the device fails; see the log of the system.',
};

/** How runtimes without codes say that memory ran out. */
const outOfMemory = /bad_alloc|(could not|failed to) allocate|allocation failed|out of memory/i;

/**
 * What the system refused and what to do: a full disk, a folder that must not be written, no more memory. Undefined for
 * errors of another kind.
 */
export function systemRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // A job's error is told with the job's name; what the system said is its cause.
  const code = codeOf(error) ?? codeOf(error.cause) ?? '';
  const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined;
  if (remedy !== undefined) return `${error.message}. ${remedy}`;
  if (outOfMemory.test(error.message)) return `${error.message}. ${remedies.ENOMEM}`;
  const namesFile =
    'syscall' in error && error.syscall !== undefined && 'path' in error && error.path !== undefined;
  return namesFile ? error.message : undefined;
}
