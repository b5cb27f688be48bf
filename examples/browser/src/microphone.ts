import { clipLength, sampleRate } from './sounds.js';

/** What browsers do to voices on the telephone by themselves, and would do to any sound. */
const untouched = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Microphones begin with silence or a click, in seconds. */
const skipped = 0.15;

/** Records one second from the microphone: its samples as they come, and not as a lossy recording. */
export async function record(): Promise<Float32Array> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...untouched, channelCount: 1 } });
  // At the rate of the microphone: Firefox does not connect one to a context of another.
  const context = new AudioContext();
  try {
    await context.audioWorklet.addModule(new URL('./recorder.js', import.meta.url));
    const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
    const [first, count] = [skipped, skipped + clipLength / sampleRate].map((seconds) =>
      Math.ceil(seconds * context.sampleRate),
    ) as [number, number];
    const recorded = new Float32Array(count);
    let filled = 0;
    const done = new Promise<void>((resolve, reject) => {
      recorder.onprocessorerror = () => reject(new Error('its samples cannot be read'));
      recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
        const part = data.subarray(0, count - filled);
        recorded.set(part, filled);
        filled += part.length;
        if (filled === count) resolve();
      };
    });
    context.createMediaStreamSource(stream).connect(recorder);
    await context.resume();
    await done;
    return resampled(recorded.subarray(first), context.sampleRate);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  }
}

/** Brings samples to the rate of all clips. */
async function resampled(samples: Float32Array<ArrayBuffer>, rate: number): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, clipLength, sampleRate);
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}
