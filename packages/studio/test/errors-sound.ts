import type { Page } from 'playwright-core';

/** From one frame of the picture to the next, in seconds, as the comparison's `features.hop` has it. */
const HOP = 256 / 8000;

export interface Watched {
  /** Where the cursor was put in the clip, in seconds, move by move. */
  readonly positions: readonly number[];
  /** Of the screen, that were drawn meanwhile. */
  readonly frames: number;
  /**
   * Of the moments in which the cursor was moved and the sound itself tells where it is: how far the cursor is ahead of it, in seconds
   * as they pass. In a loop it is the shorter way round: just before its end is just before its beginning.
   */
  readonly differences: readonly number[];
}

/** What is played, and for how long it is watched. */
export interface Watch {
  /** At which the page plays. */
  readonly rate: number;
  /** What it plays again and again, in seconds of the clip. */
  readonly loop: readonly [from: number, to: number];
  readonly seconds: number;
}

/**
 * Presses "Play" and compares the cursor with the sound that the page gives to the sound device: what comes out is looked for in
 * the clip, so that nothing is asked of the player.
 */
export async function watchSound(page: Page, { rate, loop, seconds }: Watch): Promise<Watched> {
  // What plays on from another clip has begun before anybody watches.
  const pause = page.getByRole('button', { name: /Pause/ });
  if ((await pause.count()) > 0) await pause.click();
  await page.evaluate(tap);
  const play = page.getByRole('button', { name: /Play/ });
  if ((await play.count()) > 0) await play.click();
  return page.evaluate(watch, { rate, loop, seconds, hop: HOP });
}

interface Analyser {
  readonly fftSize: number;
  readonly context: {
    readonly sampleRate: number;
    readonly currentTime: number;
    getOutputTimestamp(): { readonly contextTime: number; readonly performanceTime: number };
    decodeAudioData(wav: ArrayBuffer): Promise<{ getChannelData(channel: number): Float32Array }>;
  };
  getFloatTimeDomainData(block: Float32Array): void;
}

type Connect = (this: { readonly context: object }, target: object) => object;

/** What is used of a page; tests are checked without a browser's types. */
interface InPage {
  tap?: { analyser?: Analyser };
  readonly AudioNode: { readonly prototype: { connect: Connect } };
  readonly AudioDestinationNode: abstract new () => object;
  readonly AnalyserNode: new (context: object, options: { readonly fftSize: number }) => Analyser;
  readonly document: {
    querySelector(
      selector: string,
    ): { readonly width: number; readonly style: { readonly left: string } } | null;
  };
  readonly MutationObserver: new (
    call: () => void,
  ) => {
    observe(element: object, options: { readonly attributeFilter: readonly string[] }): void;
    disconnect(): void;
  };
  requestAnimationFrame(call: (time: number) => void): number;
}

/** Runs in the page: listens to whatever is connected to the sound device. */
function tap(): void {
  const here = globalThis as unknown as InPage;
  if (here.tap !== undefined) return;
  const found: NonNullable<InPage['tap']> = {};
  here.tap = found;
  const { AnalyserNode, AudioDestinationNode, AudioNode } = here;
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function listen(target) {
    if (target instanceof AudioDestinationNode) {
      found.analyser = new AnalyserNode(this.context, { fftSize: 8192 });
      connect.call(this, found.analyser);
    }
    return connect.call(this, target);
  };
}

/** Runs in the page. */
async function watch({
  rate,
  loop: [from, to],
  seconds,
  hop,
}: Watch & { readonly hop: number }): Promise<Watched> {
  const here = globalThis as unknown as InPage;
  const analyser = here.tap?.analyser;
  if (analyser === undefined) throw new Error('Nothing was given to the sound device.');
  const { context } = analyser;
  const address = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .findLast((name) => name.includes('/clips/sound'));
  const wav = await (await fetch(address ?? '')).arrayBuffer();
  const clip = (await context.decodeAudioData(wav)).getChannelData(0);
  const { sampleRate } = context;
  const size = analyser.fftSize;
  // The clip as it is heard at this rate, behind the silence before it.
  const heard = new Float32Array(size + Math.floor((clip.length - 1) / rate));
  for (let n = size; n < heard.length; n++) {
    const at = (n - size) * rate;
    const [left, part] = [Math.floor(at), at - Math.floor(at)];
    heard[n] = (1 - part) * (clip[left] ?? 0) + part * (clip[left + 1] ?? 0);
  }
  const canvas = here.document.querySelector('.values');
  const playhead = here.document.querySelector('.playhead');
  if (canvas === null || playhead === null) throw new Error('There is no picture.');
  const moments: { at: number; behind: number; block: Float32Array }[] = [];
  const end = performance.now() + 1000 * seconds;
  const shown = () => ((Number.parseFloat(playhead.style.left) / 100) * canvas.width - 0.5) * hop;
  // Told in the task that moves the cursor, as soon as it is moved.
  const moved = new here.MutationObserver(() => {
    const block = new Float32Array(size);
    let clock = Number.NaN;
    // The sound goes on meanwhile: what is read is of the moment that the clock tells when it has not moved.
    for (let tries = 0; tries < 100 && clock !== context.currentTime; tries++) {
      clock = context.currentTime;
      analyser.getFloatTimeDomainData(block);
    }
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    const out = contextTime + (performance.now() - performanceTime) / 1000;
    moments.push({ at: shown(), behind: clock - Math.min(out, clock), block });
  });
  moved.observe(playhead, { attributeFilter: ['style'] });
  let frames = 0;
  for (; performance.now() < end; frames++)
    await new Promise((resolve) => here.requestAnimationFrame(resolve));
  moved.disconnect();

  const STEP = 16;
  const differences: number[] = [];
  // Some of them: each is looked for everywhere in the clip.
  const every = Math.max(1, Math.floor(moments.length / 24));
  for (const [index, { at, behind, block }] of moments.entries()) {
    if (index % every !== 0) continue;
    let energy = 0;
    for (let n = size - 1; n >= 0; n -= STEP) energy += (block[n] ?? 0) ** 2;
    if (energy / (size / STEP) < 1e-4) continue;
    let best = { likeness: 0, last: 0 };
    for (let last = size; last < heard.length; last++) {
      let [product, other] = [0, 0];
      for (let n = 0; n < size; n += STEP) {
        const sample = heard[last - n] ?? 0;
        product += sample * (block[size - 1 - n] ?? 0);
        other += sample * sample;
      }
      const likeness = other === 0 ? 0 : product / Math.sqrt(energy * other);
      if (likeness > best.likeness) best = { likeness, last };
    }
    if (best.likeness < 0.97) continue;
    const ahead = at / rate - ((best.last - size) / sampleRate - behind);
    const round = (to - from) / rate;
    differences.push(ahead - round * Math.round(ahead / round));
  }
  return { positions: moments.map(({ at }) => at), frames, differences };
}
