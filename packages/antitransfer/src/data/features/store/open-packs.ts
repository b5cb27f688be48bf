import type { FileHandle } from 'node:fs/promises';
import type { StoredPack } from './stored-pack.js';

interface Entry {
  readonly file: Promise<FileHandle>;
  users: number;
}

/**
 * Keeps those packs open that were used last: opening one for every row would take as long as reading it, and a system
 * lets a process have so many files open (often 1024).
 */
export class OpenPacks {
  /** The least recently used first. */
  readonly #entries = new Map<StoredPack, Entry>();

  /** @param limit of open files; those in use are not closed, however many */
  constructor(private readonly limit = 256) {}

  /** Calls what reads from a pack's open file. @throws what opening it throws */
  async use<T>(pack: StoredPack, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(pack) ?? { file: pack.open(), users: 0 };
    this.#entries.delete(pack);
    this.#entries.set(pack, entry);
    entry.users++;
    try {
      return await work(await entry.file);
    } catch (error) {
      // Whatever it was, the next one opens it anew.
      if (this.#entries.get(pack) === entry) this.#entries.delete(pack);
      throw error;
    } finally {
      entry.users--;
      if (this.#entries.get(pack) !== entry) await closeUnused(entry);
      await this.#closeOldest();
    }
  }

  /** Closes packs: at once, or when their last user is done. */
  async close(packs: readonly StoredPack[]): Promise<void> {
    for (const pack of packs) {
      const entry = this.#entries.get(pack);
      this.#entries.delete(pack);
      if (entry !== undefined) await closeUnused(entry);
    }
  }

  async #closeOldest(): Promise<void> {
    for (const [pack, entry] of this.#entries) {
      if (this.#entries.size <= this.limit) return;
      if (entry.users > 0) continue;
      this.#entries.delete(pack);
      await closeUnused(entry);
    }
  }
}

async function closeUnused({ file, users }: Entry): Promise<void> {
  if (users > 0) return;
  const handle = await file.catch(() => undefined);
  await handle?.close();
}
