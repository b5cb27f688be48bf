import { clipLength, sampleRate } from './sounds.js';

/** Records one second from the microphone. */
export async function record(): Promise<Float32Array> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => {
      recorder.onstop = resolve;
    });
    recorder.start();
    // A little more, because recorders begin late.
    setTimeout(() => recorder.stop(), 1250);
    await ended;
    const context = new OfflineAudioContext(1, clipLength, sampleRate);
    const audio = await context.decodeAudioData(await new Blob(parts).arrayBuffer());
    return audio.getChannelData(0).slice(-clipLength);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

let playing: AudioContext | undefined;

/** Plays a clip through the speakers. */
export function play(samples: Float32Array): void {
  playing ??= new AudioContext();
  const buffer = playing.createBuffer(1, samples.length, sampleRate);
  buffer.copyToChannel(new Float32Array(samples), 0);
  const source = playing.createBufferSource();
  source.buffer = buffer;
  source.connect(playing.destination);
  source.start();
}
