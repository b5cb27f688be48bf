import { createLogUpdate } from 'log-update';
import { formatDuration } from '../answers/format.js';
import type { Progress } from '../data/progress.js';
import { cut, numbered, WIDTH } from './one-line.js';

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
    readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#log = createLogUpdate(stream);
    this.#live = stream.isTTY === true;
  }

  /**
   * @param count what is done, in things that people count
   * @param share of the work that is done, in [0, 1]
   * @param last what was done last; the first to be cut where the line is too long for the terminal
   */
  show(count: string, share: number, last = ''): void {
    const now = performance.now();
    if (!this.#live || (share < 1 && now - this.#drawn < 100)) return;
    this.#drawn = now;
    const elapsed = (now - this.#started) / 1000;
    const left = (elapsed * (1 - share)) / share;
    const estimate = elapsed > SETTLED && Number.isFinite(left) ? `, about ${formatDuration(left)} left` : '';
    const line = `${this.what} … ${count}, ${Math.floor(100 * share)} %${estimate}${last && `; ${last}`}`;
    this.#log(cut(line, (this.stream.columns ?? WIDTH) - 1));
  }

  /**
   * The same of work whose parts take long and have names. In a pipe or a file each part is a line that stays, as those of a
   * comparison are.
   *
   * @param unit what parts are, several of them
   */
  part({ done, total }: Progress, name: string, unit: string): void {
    if (this.#live) this.show(`${done} of ${total} ${unit}`, done / total, name);
    else this.stream.write(`${numbered(done, total)} ${name}\n`);
  }

  /** The same of work whose parts take equally long. */
  readonly count = ({ done, total }: Progress): void =>
    this.show(`${done} of ${total}`, total > 0 ? done / total : 1);

  /** Removes the line. */
  finish(): void {
    if (this.#live) this.#log.clear();
  }
}
