import * as Plot from '@observablehq/plot';
import { encode } from 'fast-png';
import type { Markup } from '../markup.js';
import type { SampleClip } from '../results.js';
import { chart } from './plot.js';

type Spectrogram = SampleClip['spectrogram'];

const WIDTH = 260;
const HEIGHT = 158;
const MARGINS = { marginTop: 22, marginRight: 6, marginBottom: 38, marginLeft: 34 };

/** A spectrogram as a picture with its axes, dark where there is no energy; time to the right, frequency up. */
export function spectrogramChart(label: string, spectrogram: Spectrogram): Markup {
  const { frames, bins, hop } = spectrogram;
  return chart(label, {
    width: WIDTH,
    height: HEIGHT,
    ...MARGINS,
    style: { fontSize: '11px' },
    x: { domain: [0, frames * hop], label: 'seconds', labelArrow: 'none', labelAnchor: 'center', ticks: 4 },
    y: {
      // Bins need not be equally far apart in Hz (mel): rows of the picture are bins, their ticks frequencies.
      domain: [-0.5, bins - 0.5],
      label: 'kHz',
      labelArrow: 'none',
      ticks: frequencyTicks(spectrogram.frequencies).map((tick) => tick.bin),
      tickFormat: (bin: number) =>
        String(frequencyTicks(spectrogram.frequencies).find((tick) => tick.bin === bin)?.kilohertz ?? ''),
    },
    marks: [
      Plot.image([0], {
        src: () => picture(spectrogram),
        frameAnchor: 'middle',
        width: WIDTH - MARGINS.marginLeft - MARGINS.marginRight,
        height: HEIGHT - MARGINS.marginTop - MARGINS.marginBottom,
        preserveAspectRatio: 'none',
      }),
    ],
  });
}

/** The picture as a `data:` URL of a PNG, one pixel a value, the top row the highest bin. */
function picture({ frames, bins, values }: Spectrogram): string {
  const [low, high] = contrast(values);
  const colour = Plot.scale({ color: { type: 'linear', scheme: 'magma', domain: [0, 255] } });
  const colours = Array.from({ length: 256 }, (_, level) => parseColour(colour.apply(level)));
  const data = new Uint8Array(frames * bins * 3);
  for (let bin = 0; bin < bins; bin++) {
    for (let frame = 0; frame < frames; frame++) {
      const value = values[frame * bins + bin] ?? low;
      const level = Math.round((255 * (Math.min(high, Math.max(low, value)) - low)) / (high - low || 1));
      data.set(colours[level] ?? [0, 0, 0], ((bins - 1 - bin) * frames + frame) * 3);
    }
  }
  const png = encode({ width: frames, height: bins, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** From the 5th to the 99.5th percentile: a single loud value must not make the rest black. */
function contrast(values: readonly number[]): [low: number, high: number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return [at(0.05), at(0.995)];
}

/** Where whole kilohertz lie among the bins. */
function frequencyTicks(frequencies: readonly number[]): { bin: number; kilohertz: number }[] {
  const top = (frequencies.at(-1) ?? 0) / 1000;
  const step = top > 6 ? 2 : 1;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step).flatMap(
    (kilohertz) => {
      const above = frequencies.findIndex((frequency) => frequency >= 1000 * kilohertz);
      if (above < 0) return [];
      if (above === 0) return [{ bin: 0, kilohertz }];
      const [low, high] = [frequencies[above - 1] ?? 0, frequencies[above] ?? 0];
      return [{ bin: above - 1 + (1000 * kilohertz - low) / (high - low), kilohertz }];
    },
  );
}

/** `#rrggbb` or `rgb(r, g, b)` as three bytes. */
function parseColour(colour: string): [number, number, number] {
  const parts = colour.startsWith('#')
    ? [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
    : colour.match(/\d+/g)?.map(Number);
  return [parts?.[0] ?? 0, parts?.[1] ?? 0, parts?.[2] ?? 0];
}
