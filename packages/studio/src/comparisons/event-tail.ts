import { open, stat } from 'node:fs/promises';
import { parseEvent, type StoredEvent } from 'antitransfer/runs';

/**
 * The events of a job, of which only what was added is read. A line that is not complete yet waits for its end. Of steps in a row only
 * the last is kept: there is one a second, for hours.
 */
export class EventTail {
  readonly #events: StoredEvent[] = [];
  #offset = 0;
  #inode = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(readonly path: string) {}

  /** All events so far, in their order; none where there is no file. */
  async events(): Promise<readonly StoredEvent[]> {
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#readOn());
    await this.#reading;
    return this.#events;
  }

  async #readOn(): Promise<void> {
    const found = await stat(this.path).catch(() => undefined);
    // Another file, or a shorter one: the job was removed and is done anew.
    if (found === undefined || found.ino !== this.#inode || found.size < this.#offset) {
      this.#events.length = 0;
      this.#offset = 0;
      this.#inode = found?.ino ?? 0;
    }
    if (found === undefined || found.size === this.#offset) return;
    const bytes = Buffer.alloc(found.size - this.#offset);
    const file = await open(this.path);
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
      const end = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1;
      this.#offset += end;
      for (const line of bytes.subarray(0, end).toString().split('\n')) {
        const event = parseEvent(line);
        if (event === undefined) continue;
        const { kind } = event.event;
        if (kind === 'batch' && this.#events.at(-1)?.event.kind === kind) this.#events.pop();
        this.#events.push(event);
      }
    } finally {
      await file.close();
    }
  }
}
