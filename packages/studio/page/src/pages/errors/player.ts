/** A stretch of a clip, in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Seconds from pressing play to the first sample, in which the sound device gets ready. */
const AHEAD = 0.01;

/** How long a browser may take to start its sound, in milliseconds: where nothing can play it, Firefox waits for ever. */
const PATIENCE = 5000;

/**
 * Plays a clip from memory. A sample is known to be heard when it is: positions are told by the clock of the sound device, and
 * loops have no gap. Slower is lower, as with a tape; nothing of what the network was given is changed.
 */
export class Player {
  #context: AudioContext | undefined;
  #sound: AudioBuffer | undefined;
  #source: AudioBufferSourceNode | undefined;
  /** In the clip, where it stands, or stood when it was started. */
  #offset = 0;
  /** When it was started, by the clock of the device. */
  #startedAt = 0;
  #rate = 1;
  #loop: Span | undefined;
  /** A call of `play` waits for the device. */
  #starting = false;
  /** Grows with each clip that is taken or left: a clip that is decoded late is not played under another's picture. */
  #taken = 0;
  #closed = false;

  /** @param onChange is told when it begins or ends to play, and when it was moved */
  constructor(private readonly onChange: () => void) {}

  /**
   * Takes another clip, and stands at its beginning; nothing where it was left for another meanwhile, or the player is closed.
   *
   * @param wav the bytes of a WAV file
   */
  async load(wav: ArrayBuffer): Promise<void> {
    // A device that is opened now would be closed by nobody.
    if (this.#closed) return;
    const taken = this.#leave();
    const sound = await this.#device().decodeAudioData(wav);
    if (taken !== this.#taken) return;
    this.#sound = sound;
    this.onChange();
  }

  /** Has nothing to play any more. */
  unload(): void {
    this.#leave();
    this.onChange();
  }

  get playing(): boolean {
    return this.#source !== undefined || this.#starting;
  }

  /** Seconds; 0 without a clip. */
  get duration(): number {
    return this.#sound?.duration ?? 0;
  }

  /** What is heard now, in seconds from the clip's beginning. */
  get position(): number {
    if (this.#source === undefined || this.#context === undefined) return this.#offset;
    const passed = Math.max(0, heardAt(this.#context) - this.#startedAt) * this.#rate;
    const position = this.#offset + passed;
    const loop = this.#loop;
    if (loop === undefined) return Math.min(position, this.duration);
    if (position < loop.to) return position;
    return loop.from + ((position - loop.to) % (loop.to - loop.from));
  }

  /** @throws Error when the browser does not start its sound */
  async play(): Promise<void> {
    if (this.playing || this.#sound === undefined) return;
    this.#starting = true;
    this.onChange();
    const isStarted = await startsInTime(this.#device());
    // It may have been stopped meanwhile, or have got another clip.
    if (!this.#starting) return;
    this.#starting = false;
    if (isStarted) return this.#start();
    this.onChange();
    throw new Error('The browser does not start its sound. Plug in speakers or headphones, and play again.');
  }

  pause(): void {
    const { position } = this;
    this.#stop();
    this.#offset = position;
    this.onChange();
  }

  /** @param seconds from the clip's beginning */
  seek(seconds: number): void {
    this.#moved(() => {
      this.#offset = Math.min(Math.max(0, seconds), this.duration);
    });
  }

  /** @param rate 1 is as it was recorded */
  setRate(rate: number): void {
    this.#moved(() => {
      this.#rate = rate;
    });
  }

  /** What is played again and again; all once when absent. */
  setLoop(loop: Span | undefined): void {
    this.#moved(() => {
      this.#loop = loop && loop.to - loop.from > 0.005 ? loop : undefined;
    });
  }

  close(): void {
    this.#closed = true;
    this.#leave();
    this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }

  /** Has no clip; whatever is still decoded is of before. */
  #leave(): number {
    this.#stop();
    this.#sound = undefined;
    this.#offset = 0;
    return ++this.#taken;
  }

  /** Changes something, and plays on from where it was. */
  #moved(change: () => void): void {
    const { position } = this;
    const wasPlaying = this.#source !== undefined;
    if (wasPlaying) this.#stop();
    this.#offset = position;
    change();
    if (wasPlaying) this.#start();
    else this.onChange();
  }

  #start(): void {
    if (this.#sound === undefined) return;
    const context = this.#device();
    const loop = this.#loop;
    const isOutside = loop !== undefined && (this.#offset < loop.from || this.#offset >= loop.to);
    if (isOutside) this.#offset = loop.from;
    else if (this.#offset >= this.duration - 0.005) this.#offset = 0;
    const source = new AudioBufferSourceNode(context, {
      buffer: this.#sound,
      playbackRate: this.#rate,
      ...(loop && { loop: true, loopStart: loop.from, loopEnd: loop.to }),
    });
    source.connect(context.destination);
    source.addEventListener('ended', () => {
      if (this.#source !== source) return;
      this.#source = undefined;
      this.#offset = this.duration;
      this.onChange();
    });
    this.#startedAt = context.currentTime + AHEAD;
    source.start(this.#startedAt, this.#offset);
    this.#source = source;
    this.onChange();
  }

  #stop(): void {
    const source = this.#source;
    this.#source = undefined;
    this.#starting = false;
    source?.stop();
    source?.disconnect();
  }

  #device(): AudioContext {
    this.#context ??= new AudioContext();
    return this.#context;
  }
}

async function startsInTime(context: AudioContext): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE);
  });
  const started = context.resume().then(() => true);
  return Promise.race([started, late]).finally(() => clearTimeout(timer));
}

/** Which moment of a device's clock is heard now: what was given to it last comes out of it later. */
function heardAt(context: AudioContext): number {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const since = performance.now() - performanceTime;
  // WebKitGTK tells a moment that is yet to come, and by which sound would stand still.
  if (performanceTime > 0 && since >= 0) return Math.min(contextTime + since / 1000, context.currentTime);
  return context.currentTime - (context.outputLatency || context.baseLatency || 0);
}
