import type { Random } from 'onnx-autograd';
import type { SampleClip } from '../../../src/answers/results.js';
import { encodeWavUrl } from '../../../src/data/audio/wav.js';
import { DIGITS, SPEAKERS } from './fsdd.js';

/** Half a second of a gliding vowel, and a spectrogram with its formants. */
export function sampleFixture(random: Random, clip: number): SampleClip {
  const digit = DIGITS[clip % 10]!;
  const speaker = SPEAKERS[clip % 5]!;
  const rate = 8000;
  const frames = 60;
  const bins = 64;
  const pitch = 90 + 80 * random.uniform();
  const samples = Float32Array.from({ length: rate / 2 }, (_, at) => {
    const envelope = Math.sin((Math.PI * at) / (rate / 2)) ** 2;
    const phase = (2 * Math.PI * pitch * at) / rate;
    return envelope * (0.5 * Math.sin(phase) + 0.3 * Math.sin(4 * phase) + 0.2 * Math.sin(9 * phase));
  });
  const formants = [0.12, 0.3, 0.55].map((height) => height + 0.1 * random.uniform());
  const values = Array.from({ length: frames * bins }, (_, at) => {
    const frame = Math.floor(at / bins) / frames;
    const bin = (at % bins) / bins;
    const voice = formants.reduce(
      (sum, formant) => sum + Math.exp(-(((bin - formant - 0.08 * Math.sin(5 * frame)) / 0.04) ** 2)),
      0,
    );
    return 3 * Math.sin(Math.PI * frame) * voice - 0.8 + 0.25 * random.normal();
  });
  return {
    id: `${digit}_${speaker}_${clip}.wav`,
    labels: { digit, speaker },
    audio: encodeWavUrl(samples, rate),
    spectrogram: {
      frames,
      bins,
      values,
      hop: 0.5 / frames,
      frequencies: Array.from({ length: bins }, (_, bin) => (bin + 0.5) * (4000 / bins)),
    },
  };
}
