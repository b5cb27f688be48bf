import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen, openModel, type SpeechModel } from '../../src/browser/index.js';
import { featureSettings } from '../../src/data/features/settings.js';
import { modelWith } from '../inference/models.js';
import { RATE, spoken } from '../listening/spoken.js';

/** What a browser has and Node does not: audio that comes when the test says so. */
class Audio {
  readonly track = Object.assign(new EventTarget(), { readyState: 'live', stop: vi.fn() });
  readonly closed = vi.fn();
  node: { port: { onmessage: ((event: { data: Float32Array }) => void) | null } } | undefined;

  stream(tracks: readonly unknown[] = [this.track]) {
    return { getTracks: () => tracks, getAudioTracks: () => tracks };
  }

  /** As a browser's audio thread does: a part after another. */
  say(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i += 128)
      this.node?.port.onmessage?.({ data: samples.slice(i, i + 128) });
  }
}

const features = featureSettings.parse({ sampleRate: RATE, seconds: 0.4, bins: 128, pool: 8, hop: 256 });
let audio: Audio;
let model: SpeechModel;

beforeEach(async () => {
  const here = new Audio();
  audio = here;
  vi.stubGlobal(
    'AudioContext',
    class {
      readonly sampleRate = RATE;
      readonly audioWorklet = { addModule: async () => undefined };
      readonly destination = {};
      readonly resume = async () => undefined;
      readonly close = async () => here.closed();
      readonly createMediaStreamSource = () => ({
        connect: (node: unknown) => node,
        disconnect: () => undefined,
      });
    },
  );
  vi.stubGlobal(
    'AudioWorkletNode',
    class {
      readonly port = { onmessage: null };
      readonly connect = () => undefined;
      constructor() {
        here.node = this;
      }
    },
  );
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => here.stream() } });
  model = await openModel(modelWith(['no', 'yes'], (weight) => 6 * weight, { features }));
});
afterEach(async () => {
  await model.close();
  vi.unstubAllGlobals();
});

describe('listening', () => {
  /** Half a second of silence, and a word that has not ended. */
  const begun = spoken(0.7, [[0.5, 0.7]]);

  it.each([
    ['is stopped', (stop: AbortController) => stop.abort()],
    ['has lost its microphone', () => audio.track.dispatchEvent(new Event('ended'))],
  ])('hears nothing any more when it %s within a word', async (_, end) => {
    const stop = new AbortController();
    const told: boolean[] = [];
    const heard = listen(model, { signal: stop.signal, onHearing: (hearing) => told.push(hearing) });
    const first = heard.next();
    await vi.waitFor(() => expect(audio.node?.port.onmessage).toBeTypeOf('function'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    audio.say(begun);
    expect(told).toEqual([true]);
    end(stop);
    for (let next = await first; !next.done; ) next = await heard.next();
    expect(told).toEqual([true, false]);
    expect(audio.track.stop).toHaveBeenCalledOnce();
    expect(audio.closed).toHaveBeenCalledOnce();
  });

  it('lets the microphone go when the browser has no audio for it', async () => {
    vi.stubGlobal(
      'AudioContext',
      class {
        constructor() {
          throw new Error('no more of them');
        }
      },
    );
    await expect(listen(model).next()).rejects.toThrow('no more of them');
    expect(audio.track.stop).toHaveBeenCalledOnce();
  });

  it.each(['NotFoundError', 'OverconstrainedError'])(
    'says that there is no microphone, as browsers do by: %s',
    async (name) => {
      const refuse = async () => {
        throw Object.assign(new Error('Invalid constraint'), { name });
      };
      vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: refuse } });
      await expect(listen(model).next()).rejects.toThrow('There is no microphone. Plug one in.');
    },
  );

  it('says that a stream has no audio, as one of a screen may', async () => {
    await expect(listen(model, { stream: audio.stream([]) }).next()).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('no audio track'),
    });
  });
});
