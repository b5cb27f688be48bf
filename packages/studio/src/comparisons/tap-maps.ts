import { type TapMap, type TapMapChoice, tapMapApart } from 'antitransfer/answers';

/** Maps that are remembered: each is a run of a network over all test clips. */
const REMEMBERED = 50;

/**
 * Lays out test clips by what networks say of them, once for each network and tap, in a thread of its own: pages are told of events
 * meanwhile. One after another, since each fills the processor.
 */
export class TapMaps {
  readonly #made = new Map<string, Promise<TapMap>>();
  readonly #end = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly folder: string,
    readonly cache: string,
  ) {}

  /**
   * @param network the job that left it: what was mapped of another is another map
   * @throws UserError when the tap is none, or the store has the network no longer
   */
  of(network: string, choice: TapMapChoice): Promise<TapMap> {
    const name = `${network} ${choice.tap}`;
    const made = this.#made.get(name) ?? this.#make(choice);
    this.#made.delete(name);
    this.#made.set(name, made);
    made.catch(() => this.#made.delete(name));
    const [oldest] = this.#made.keys();
    if (this.#made.size > REMEMBERED && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }

  /** Ends the thread that is at one. */
  close(): void {
    this.#end.abort();
  }

  #make(choice: TapMapChoice): Promise<TapMap> {
    const made = this.#last.then(() =>
      tapMapApart(this.folder, choice, { cache: this.cache }, this.#end.signal),
    );
    this.#last = made.catch(() => undefined);
    return made;
  }
}
