import { createLogUpdate } from 'log-update';
import type { Progress } from '../data/progress.js';

/** One line on standard error that says how far some work is; nothing where nobody watches. */
export class ProgressLine {
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #live: boolean;
  #drawn = 0;

  constructor(
    readonly what: string,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#log = createLogUpdate(stream);
    this.#live = stream.isTTY === true;
  }

  readonly show = ({ done, total }: Progress): void => {
    if (!this.#live || (done < total && performance.now() - this.#drawn < 100)) return;
    this.#drawn = performance.now();
    this.#log(`${this.what} … ${done} of ${total}`);
  };

  /** Removes the line. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}
