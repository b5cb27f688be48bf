import { itemAt } from '../lookup.js';
import { type Frame, Framer } from './frames.js';
import { RoomLevel } from './room-level.js';

/** A sound, cut so that it begins where it begins. */
export interface Sound {
  /** Where it begins and ends, in samples from the beginning of what was heard. */
  readonly first: number;
  readonly end: number;
  /** Shape (end - first): a segment at most. */
  readonly samples: Float32Array;
}

/** What counts as a sound. */
export interface SoundFinderOptions {
  /** Of the samples, in Hz. */
  readonly sampleRate: number;
  /** The longest sound, in samples: what a model hears at once. */
  readonly segment: number;
  /** Root mean square below which there is nothing to hear, however quiet the room is; 0.001 (-60 dB) when absent. */
  readonly quietest?: number;
}

/** A sound is louder than the room by this, as energies: 9 dB. Three hundredths of a second of that begin it. */
const BEGINS = 8;
const BEGIN_FRAMES = 3;

/** It lasts while it is louder than the room by this, 5 dB; a shorter pause, such as before the t of "eight", is a part of it. */
const LASTS = 3;
const PAUSE_FRAMES = 20;

/** How far its beginning is looked for before it is that loud, as in "four" or "seven": a tenth of a second. */
const BACK_FRAMES = 10;

/** What is added before and behind. */
const MARGIN_FRAMES = 1;

/** Frames of sound below which it is a click. */
const LEAST_FRAMES = 5;

/** What stays within this for a whole segment, 4 dB, is no word but the room. */
const STEADY = 2.5;

/** Until so much was heard, the room is not known, and what seemed a sound may be the room. */
const YOUNG_FRAMES = 50;

/** A sound that is being heard. */
interface Current {
  /** Numbers of frames. */
  readonly begin: number;
  loud: number;
  /** Whether it goes on from a sound that was a segment long. */
  readonly goesOn: boolean;
}

/**
 * Finds the sounds in what a microphone or a recording says, bit by bit, by their energy: each begins where the energy rises
 * above the room's, and ends where it has been low for a fifth of a second. A sound longer than a segment is cut into
 * segments; the rest behind the last of them is left out where it is shorter than half of one. What is steady is the room.
 * The same samples have the same sounds, in whatever parts they come.
 *
 * ```ts
 * const finder = new SoundFinder({ sampleRate: 8000, segment: 8000 });
 * for (const { first, samples } of [...finder.push(heard), ...finder.end()]) console.log(first / 8000, samples.length);
 * ```
 */
export class SoundFinder {
  readonly #segment: number;
  readonly #segmentFrames: number;
  /** Energy. */
  readonly #quietest: number;
  readonly #framer: Framer;
  readonly #room = new RoomLevel();
  /** Those that a sound may still need. */
  #frames: Frame[] = [];
  /** How many were heard. */
  #heard = 0;
  /** How many in a row were loud. */
  #run = 0;
  #current: Current | undefined;
  /** Whether the room is known. */
  #settled = false;

  constructor({ sampleRate, segment, quietest = 1e-3 }: SoundFinderOptions) {
    this.#segment = segment;
    this.#quietest = quietest ** 2;
    this.#framer = new Framer(Math.max(1, Math.round(sampleRate / 100)));
    this.#segmentFrames = Math.ceil(segment / this.#framer.length);
  }

  /** Whether a sound has begun that has not come to its end. */
  get hearing(): boolean {
    return this.#current !== undefined;
  }

  /** @returns the sounds that ended with these samples, shape (any). */
  push(samples: Float32Array): Sound[] {
    return this.#framer.push(samples).flatMap((frame) => this.#hear(frame));
  }

  /** @returns the sound that has not come to its end, if there is one; nothing can be pushed any more. */
  end(): Sound[] {
    const last = this.#framer.end();
    const sounds = last === undefined ? [] : this.#hear(last);
    return [...sounds, ...this.#close()];
  }

  #hear(frame: Frame): Sound[] {
    this.#frames.push(frame);
    this.#room.hear(frame.energy);
    this.#heard++;
    if (this.#current === undefined && this.#heard > YOUNG_FRAMES) this.#settled = true;
    const sounds = this.#step(this.#heard - 1);
    this.#forget();
    return sounds;
  }

  /** Goes one frame on. */
  #step(index: number): Sound[] {
    const { energy } = this.#frame(index);
    if (this.#current === undefined) {
      this.#run = energy > this.#threshold(BEGINS) ? this.#run + 1 : 0;
      if (this.#run === BEGIN_FRAMES) this.#current = this.#beginning(index);
      return [];
    }
    if (energy > this.#threshold(LASTS)) this.#current.loud = index;
    if (index - this.#current.loud >= PAUSE_FRAMES) return this.#close();
    return index + 1 - this.#current.begin < this.#segmentFrames ? [] : this.#full(this.#current);
  }

  #threshold(ratio: number): number {
    // What begins with a word says nothing of the room yet.
    return Math.max(this.#quietest, this.#settled ? ratio * this.#room.energy : 0);
  }

  #beginning(index: number): Current {
    const low = this.#threshold(LASTS);
    let begin = index + 1 - BEGIN_FRAMES;
    const earliest = Math.max(this.#oldest, begin - BACK_FRAMES);
    while (begin > earliest && this.#frame(begin - 1).energy > low) begin--;
    this.#run = 0;
    return { begin: Math.max(this.#oldest, begin - MARGIN_FRAMES), loud: index, goesOn: false };
  }

  /** The sound is as long as a segment. */
  #full(current: Current): Sound[] {
    const frames = this.#frames.slice(current.begin - this.#oldest);
    if (!this.#settled || this.#isSteady(frames)) return this.#lookAgain(frames, current.begin);
    const { begin, loud } = current;
    const next = begin + this.#segmentFrames;
    this.#current = { begin: next, loud: next - 1, goesOn: true };
    return [this.#soundOf(begin, Math.min(next, loud + 1 + MARGIN_FRAMES))];
  }

  #isSteady(frames: readonly Frame[]): boolean {
    const levels = new RoomLevel();
    let loudest = 0;
    for (const { energy } of frames) loudest = Math.max(loudest, levels.hear(energy));
    return loudest < STEADY * levels.energy;
  }

  /** Takes what was heard for the room, and looks for sounds that are louder. */
  #lookAgain(frames: readonly Frame[], begin: number): Sound[] {
    this.#settled = true;
    this.#current = undefined;
    this.#run = 0;
    this.#room.become(frames.map(({ energy }) => energy));
    return frames.flatMap((_, i) => this.#step(begin + i));
  }

  #close(): Sound[] {
    const { begin, loud, goesOn } = this.#current ?? { begin: 0, loud: -1, goesOn: false };
    this.#current = undefined;
    this.#run = 0;
    const end = Math.min(loud + 1 + MARGIN_FRAMES, this.#heard);
    const least = goesOn ? this.#segmentFrames / 2 : LEAST_FRAMES;
    return loud + 1 - begin < least ? [] : [this.#soundOf(begin, end)];
  }

  /** From one frame to before another. */
  #soundOf(begin: number, end: number): Sound {
    const parts = this.#frames.slice(begin - this.#oldest, end - this.#oldest);
    const length = parts.reduce((total, { samples }) => total + samples.length, 0);
    const samples = new Float32Array(Math.min(this.#segment, length));
    let at = 0;
    for (const part of parts) {
      samples.set(part.samples.subarray(0, samples.length - at), at);
      at += Math.min(part.samples.length, samples.length - at);
    }
    const first = begin * this.#framer.length;
    return { first, end: first + samples.length, samples };
  }

  get #oldest(): number {
    return this.#heard - this.#frames.length;
  }

  #frame(index: number): Frame {
    return itemAt(this.#frames, index - this.#oldest);
  }

  /** Drops the frames that no sound can have any more. */
  #forget(): void {
    const needed = this.#current?.begin ?? this.#heard - BEGIN_FRAMES - BACK_FRAMES - MARGIN_FRAMES;
    if (needed > this.#oldest) this.#frames = this.#frames.slice(needed - this.#oldest);
  }
}
