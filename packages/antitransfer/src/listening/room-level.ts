/** Frames whose mean counts: a twentieth of a second. */
const SMOOTHED = 5;

/** Frames that are remembered: five seconds. */
const REMEMBERED = 500;

/** The part of them that may be quieter than the room: gaps in a stream of sound are. */
const QUIETER = 0.1;

/** After how many frames the room is looked at anew. */
const EVERY = 10;

/** How loud it is where nobody speaks: the tenth quietest of a hundred moments of the last five seconds. */
export class RoomLevel {
  readonly #last: number[] = [];
  readonly #remembered: number[] = [];
  #energy = 0;
  #fresh = 0;

  /** @returns the energy of the last moment, smoothed */
  hear(energy: number): number {
    this.#last.push(energy);
    if (this.#last.length > SMOOTHED) this.#last.shift();
    const smoothed = this.#last.reduce((sum, value) => sum + value, 0) / this.#last.length;
    this.#remembered.push(smoothed);
    if (this.#remembered.length > REMEMBERED) this.#remembered.shift();
    this.#fresh++;
    return smoothed;
  }

  /** Forgets what was heard but for these. */
  become(energies: readonly number[]): void {
    this.#last.length = 0;
    this.#remembered.length = 0;
    for (const energy of energies) this.hear(energy);
    this.#fresh = EVERY;
  }

  /** Mean square of the samples; 0 before anything was heard. */
  get energy(): number {
    if (this.#fresh >= EVERY || this.#remembered.length < EVERY) {
      const sorted = this.#remembered.toSorted((a, b) => a - b);
      this.#energy = sorted[Math.floor(QUIETER * sorted.length)] ?? 0;
      this.#fresh = 0;
    }
    return this.#energy;
  }
}
