import { statfs } from 'node:fs/promises';
import { UserError } from '../../errors.js';

/**
 * Makes sure that a disk has room.
 *
 * @param folder that exists
 * @param bytes that are needed
 * @param what they are for, for the message
 * @throws UserError when there is less
 */
export async function requireSpace(folder: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(
    `The disk of "${folder}" has ${bytesText(free)} left; ${what} needs about ${bytesText(bytes)}. Make room, or name a folder ` +
      'on another disk.',
  );
}

/** As people say sizes: `6.4 GB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
