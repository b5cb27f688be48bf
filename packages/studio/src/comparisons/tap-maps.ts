import type { TapMap, TapMapChoice } from 'antitransfer/answers';

/** Maps that are remembered: each is a run of a network over all test clips. */
const REMEMBERED = 50;

/** Lays out test clips by what networks say of them, once for each network and tap; ONNX Runtime is loaded by the first. */
export class TapMaps {
  readonly #made = new Map<string, Promise<TapMap>>();

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

  async #make(choice: TapMapChoice): Promise<TapMap> {
    const { tapMap } = await import('antitransfer/answers');
    return tapMap(this.folder, choice, { cache: this.cache });
  }
}
