import * as Plot from '@observablehq/plot';

/** Colours of a spectrogram from nothing to loud, as red, green and blue in [0, 255]: 256 of them. */
export function spectrogramColours(): readonly (readonly [red: number, green: number, blue: number])[] {
  const colour = Plot.scale({ color: { type: 'linear', scheme: 'magma', domain: [0, 255] } });
  return Array.from({ length: 256 }, (_, level) => parseColour(colour.apply(level)));
}

/** From the 5th to the 99.5th percentile: a single loud value must not make the rest black. */
export function spectrogramContrast(values: ArrayLike<number>): readonly [low: number, high: number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return [at(0.05), at(0.995)];
}

/** Which of the 256 colours a value has. */
export function spectrogramLevel(value: number, [low, high]: readonly [low: number, high: number]): number {
  return Math.round((255 * (Math.min(high, Math.max(low, value)) - low)) / (high - low || 1));
}

/** Where whole kilohertz lie among the bins, which need not be equally far apart in Hz (mel). */
export function frequencyTicks(
  frequencies: readonly number[],
): readonly { readonly bin: number; readonly kilohertz: number }[] {
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
