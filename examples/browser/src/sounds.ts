import type { Random } from 'onnx-autograd';

/** Samples a second. */
export const sampleRate = 16_000;
/** Samples of a clip: one second. */
export const clipLength = 16_000;

export interface Clip {
  readonly samples: Float32Array;
  /** Position of its class. */
  readonly label: number;
}

/** Draws one second of a kind of sound: time in seconds from its onset to an amplitude from -1 to 1. */
type Kind = (random: Random) => (time: number) => number;

const wave = (cycles: number) => Math.sin(2 * Math.PI * cycles);
const between = (random: Random, low: number, high: number) => low + (high - low) * random.uniform();
const pitch = (random: Random) => 300 * 2 ** between(random, 0, 2.5);

/** Sounds made by code, not recorded; pitches, tempi, onsets and levels overlap among the classes. */
export const kinds: Readonly<Record<string, Kind>> = {
  'steady tone': (random) => {
    const frequency = pitch(random);
    return (time) => wave(frequency * time);
  },
  'rising chirp': (random) => {
    const [frequency, slope] = [pitch(random), between(random, 0.6, 1.6)];
    return (time) => wave((frequency * (2 ** (slope * time) - 1)) / (slope * Math.LN2));
  },
  'falling chirp': (random) => {
    const [frequency, slope] = [2 * pitch(random), between(random, -1.6, -0.6)];
    return (time) => wave((frequency * (2 ** (slope * time) - 1)) / (slope * Math.LN2));
  },
  warble: (random) => {
    const [frequency, rate, depth] = [pitch(random), between(random, 4, 9), between(random, 0.1, 0.3)];
    return (time) =>
      wave(frequency * (time - (depth * Math.cos(2 * Math.PI * rate * time)) / (2 * Math.PI * rate)));
  },
  claps: (random) => {
    const [rate, decay] = [between(random, 2.5, 6), between(random, 25, 60)];
    return (time) => Math.exp(-decay * (time % (1 / rate))) * (2 * random.uniform() - 1) * 1.6;
  },
};

/** One clip of a kind, with noise behind it. */
export function makeClip(kind: Kind, random: Random): Float32Array {
  const sound = kind(random);
  const [level, noise, onset] = [
    between(random, 0.15, 0.6),
    between(random, 0.003, 0.06),
    between(random, 0, 0.25),
  ];
  return Float32Array.from({ length: clipLength }, (_, i) => {
    const time = i / sampleRate - onset;
    const fade = Math.max(0, Math.min(1, time / 0.01));
    return level * fade * (time > 0 ? sound(time) : 0) + noise * random.normal();
  });
}
