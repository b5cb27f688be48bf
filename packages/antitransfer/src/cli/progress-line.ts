import { createLogUpdate } from 'log-update';
import { formatDuration } from '../answers/format.js';
import type { Progress } from '../data/progress.js';

/** Seconds of work before an estimate means something. */
const SETTLED = 3;

/** One line on standard error that says how much of some long work is done and how long the rest may take. */
export class ProgressLine {
  readonly #log: ReturnType<typeof createLogUpdate>;
  readonly #live: boolean;
  readonly #started = performance.now();
  #drawn = 0;

  constructor(
    readonly what: string,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#log = createLogUpdate(stream);
    this.#live = stream.isTTY === true;
  }

  /**
   * @param count what is done, in things that people count
   * @param share of the work that is done, in [0, 1]
   */
  show(count: string, share: number): void {
    const now = performance.now();
    if (!this.#live || (share < 1 && now - this.#drawn < 100)) return;
    this.#drawn = now;
    const elapsed = (now - this.#started) / 1000;
    const left = (elapsed * (1 - share)) / share;
    const estimate = elapsed > SETTLED && Number.isFinite(left) ? `, about ${formatDuration(left)} left` : '';
    this.#log(`${this.what} … ${count}, ${Math.floor(100 * share)} %${estimate}`);
  }

  /** The same of work whose parts take equally long. */
  readonly count = ({ done, total }: Progress): void =>
    this.show(`${done} of ${total}`, total > 0 ? done / total : 1);

  /** Removes the line. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}
