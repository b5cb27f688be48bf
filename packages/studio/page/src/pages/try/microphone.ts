import workletUrl from './microphone.worklet.ts?worker&url';

/** A microphone that is open. */
export interface Microphone {
  close(): Promise<void>;
}

/** What networks learned from was recorded plainly: what browsers do for calls would change it. */
const PLAIN: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/**
 * Opens the microphone, at whatever rate the browser has. What runs in the audio thread is a file of the studio: its policy
 * lets a page run nothing that is made on the way.
 *
 * @param take given the samples in parts, in [-1, 1], shape (any), and their rate in Hz
 * @param onEnd told when the microphone was unplugged
 * @throws Error where there is none, or the page may not use it; the message says what to do
 */
export async function openMicrophone(
  take: (samples: Float32Array, sampleRate: number) => void,
  onEnd: () => void,
): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: PLAIN }).catch((error: unknown) => {
    throw new Error(refusal(error));
  });
  let context: AudioContext | undefined;
  const close = async () => {
    for (const track of stream.getTracks()) track.stop();
    await context?.close();
  };
  try {
    context = new AudioContext();
    const sampleRate = Math.round(context.sampleRate);
    await context.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(context, 'microphone');
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => take(data, sampleRate);
    // A node that leads nowhere is not asked; nothing comes out of it.
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    for (const track of stream.getAudioTracks()) track.addEventListener('ended', onEnd);
    await context.resume();
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

function refusal(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'The browser does not let this page use the microphone. Allow it in the address bar, and try again.';
  if (name === 'NotFoundError') return 'This machine has no microphone. Plug one in, or drop a recording.';
  return `The microphone cannot be opened (${error instanceof Error ? error.message : String(error)}). Is another program using it?`;
}
