import { messageOf, UserError } from '../errors.js';
import { captureName, captureSource } from './capture-processor.js';

/** A browser changes sound for telephony unless it is told not to; no training clip was changed so. */
const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false } as const;

/** How long a browser may take to start its audio, in milliseconds: it waits for a click for ever. */
const PATIENCE = 10_000;

/** Sound as it comes in. */
export interface Capture {
  /** In Hz: whatever the browser has. */
  readonly sampleRate: number;
  /** Ends it, and the microphone when it was opened here. */
  close(): Promise<void>;
}

/** What a microphone tells. */
export interface CaptureEvents {
  /** What was said since it told the last time, in [-1, 1], at the rate of the capture. */
  onSamples(samples: Float32Array): void;
  /** The microphone was unplugged, or whoever owns the stream stopped it. */
  onEnd(): void;
}

/**
 * Listens to a stream, or to the microphone, at the rate that the browser has.
 *
 * @param module where the page serves {@link captureSource}; made on the way when absent, which a policy may forbid
 * @throws UserError when there is no microphone, it may not be used, the stream has no audio, or the browser does not start
 * its audio
 */
export async function capture(
  given: MediaStream | undefined,
  events: CaptureEvents,
  module?: string,
): Promise<Capture> {
  const stream = given ?? (await openMicrophone());
  const stopStream = () => {
    if (given === undefined) for (const track of stream.getTracks()) track.stop();
  };
  try {
    return await captureStream(stream, events, stopStream, module);
  } catch (error) {
    stopStream();
    throw error;
  }
}

async function captureStream(
  stream: MediaStream,
  events: CaptureEvents,
  stopStream: () => void,
  module: string | undefined,
): Promise<Capture> {
  const tracks = stream.getAudioTracks();
  if (tracks.length === 0) {
    throw new UserError(
      'The stream has no audio track: there is nothing to listen to. Ask for one with getUserMedia({ audio: true }), or give listen() none.',
    );
  }
  const context = new AudioContext();
  try {
    await start(context, module);
    const node = new AudioWorkletNode(context, captureName);
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => events.onSamples(data);
    const source = context.createMediaStreamSource(stream);
    // A node that leads nowhere is not asked; nothing comes out of it.
    source.connect(node).connect(context.destination);
    for (const track of tracks) track.addEventListener('ended', events.onEnd);
    if (tracks.every(({ readyState }) => readyState === 'ended')) events.onEnd();
    return {
      sampleRate: Math.round(context.sampleRate),
      async close() {
        for (const track of tracks) track.removeEventListener('ended', events.onEnd);
        node.port.onmessage = null;
        source.disconnect();
        stopStream();
        await context.close();
      },
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function openMicrophone(): Promise<MediaStream> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) {
    throw new UserError(
      `A page may use the microphone when it comes from https or localhost; this one is from ${location.origin}.`,
    );
  }
  try {
    return await mediaDevices.getUserMedia({ audio: asItIs });
  } catch (cause) {
    throw new UserError(whyNot(cause), { cause });
  }
}

function whyNot(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'The microphone may not be used: it was refused. Allow it in the browser’s settings of this page.';
    case 'NotFoundError':
    // WebKit says so of wishes where it has nothing that they could be of.
    case 'OverconstrainedError':
      return 'There is no microphone. Plug one in.';
    default:
      return `The microphone cannot be opened: ${messageOf(error)}. Another program may be using it.`;
  }
}

/** Starts the audio of a context, with what is to run in it. */
async function start(context: AudioContext, module: string | undefined): Promise<void> {
  const made = URL.createObjectURL(new Blob([captureSource], { type: 'text/javascript' }));
  try {
    await context.audioWorklet.addModule(module ?? made);
  } catch (cause) {
    throw new UserError(
      `The browser does not run what hands sound on (${messageOf(cause)}). ${remedyOf(module)}`,
      { cause },
    );
  } finally {
    URL.revokeObjectURL(made);
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new UserError(
      'The browser does not start its audio: it waits for a click, or, as Firefox does, for a sound output. Begin to listen at a click, and plug in speakers or headphones.',
    );
    timer = setTimeout(() => reject(error), PATIENCE);
  });
  await Promise.race([context.resume(), late]).finally(() => clearTimeout(timer));
}

function remedyOf(module: string | undefined): string {
  return module === undefined
    ? 'A Content-Security-Policy must allow blob: in script-src (and in worker-src, where there is one), or the page must serve captureSource as a file.'
    : `See whether captureSource is served at "${module}".`;
}
