import type { Random } from 'onnx-autograd';
import { forget, keep, kept } from './keeping.js';
import type { Slices } from './slices.js';
import { type Clip, kinds, makeClip } from './sounds.js';

/** Clips of each made class, and how many of every class are held out of training: one in four. */
const clipsPerKind = 32;
const heldOutEvery = 4;

export interface SoundClass {
  readonly name: string;
  readonly clips: Float32Array[];
  /** Whether its clips are the user's: recorded or from files, and kept. */
  readonly own: boolean;
}

/** The classes of sounds: those made by code, and the user's own, which are kept over a reload. */
export class SoundClasses {
  readonly #made: SoundClass[] = [];
  readonly #own: SoundClass[] = [];
  /** Whether the made ones are learned too. */
  withMade = true;

  /** Makes the clips of all kinds, a class after another. */
  async *make(random: Random, slices: Slices): AsyncGenerator<SoundClass> {
    for (const [name, kind] of Object.entries(kinds)) {
      const clips: Float32Array[] = [];
      for (let i = 0; i < clipsPerKind; i++) {
        clips.push(makeClip(kind, random));
        await slices.pause();
      }
      const made = { name, clips, own: false };
      this.#made.push(made);
      yield made;
    }
  }

  /** Brings back what was kept. */
  async bringBack(): Promise<void> {
    for (const { name, clips } of await kept()) this.#own.push({ name, clips: [...clips], own: true });
  }

  get all(): readonly SoundClass[] {
    return [...this.#made, ...this.#own];
  }

  /** Classes that have clips enough to learn from. */
  get learnable(): readonly SoundClass[] {
    return this.all.filter(({ own, clips }) => clips.length >= heldOutEvery && (own || this.withMade));
  }

  /** The clips to train on, or those held out. */
  split(isHeldOut: boolean): Clip[] {
    return this.learnable.flatMap(({ clips }, label) =>
      clips
        .filter((_, i) => (i % heldOutEvery === heldOutEvery - 1) === isHeldOut)
        .map((samples) => ({ samples, label })),
    );
  }

  /** The user's class of a name, made where there is none; one that is made by code has another name then. */
  async own(name: string): Promise<SoundClass> {
    const free = this.#made.some((made) => made.name === name) ? `${name} (own)` : name;
    const found = this.#own.find((own) => own.name === free);
    if (found !== undefined) return found;
    const added = { name: free, clips: [], own: true };
    this.#own.push(added);
    await keep(added);
    return added;
  }

  async add(sound: SoundClass, clips: readonly Float32Array[]): Promise<void> {
    sound.clips.push(...clips);
    await keep(sound);
  }

  async remove(sound: SoundClass): Promise<void> {
    this.#own.splice(this.#own.indexOf(sound), 1);
    await forget(sound.name);
  }
}

/** How many clips a class still needs to be learned. */
export function missingClips({ clips }: SoundClass): number {
  return Math.max(0, heldOutEvery - clips.length);
}
