import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { namesIn } from '../../files/folder-size.js';
import { Claim, type Holder, readHolder } from './claim.js';

/** Says beside a store that this process uses it: nothing is cleared meanwhile. Any number of processes may. */
export function useStore(folder: string, signal: AbortSignal): Promise<Claim> {
  return Claim.await(join(usersFolder(folder), randomUUID()), signal, () => undefined);
}

/** Who uses a store just now. */
export async function usersOf(folder: string): Promise<Holder[]> {
  const names = await namesIn(usersFolder(folder));
  const holders = await Promise.all(names.map((name) => readHolder(join(usersFolder(folder), name))));
  return holders.filter((holder) => holder !== undefined);
}

function usersFolder(folder: string): string {
  return join(folder, 'users');
}
