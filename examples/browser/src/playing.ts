import { sampleRate } from './sounds.js';

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
