import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import type { SegmentSettings } from './segment-settings.js';
import { binCount, binFrequency } from './stft.js';

/** Triangular filters, evenly spaced on the mel scale. */
export interface MelFilters {
  /** `(mels, bins)`; the peak of each filter is 1. */
  readonly weights: Float32Array;
  /** Centre of each filter in Hz. */
  readonly centres: readonly number[];
}

/** Where filters lie. */
interface MelBands extends Pick<SegmentSettings, 'sampleRate' | 'window'> {
  readonly mels: number;
  /** In Hz; half the sample rate where null. */
  readonly lowest: number;
  readonly highest: number | null;
}

/**
 * Triangles from one centre to the next on the HTK mel scale, 2595 log10(1 + f / 700), with a peak of 1 (O'Shaughnessy
 * 1987; HTK Book 5.6; the default of torchaudio, in librosa `htk=True, norm=None`).
 *
 * @throws UserError when a filter is so narrow that no bin lies under it
 */
export function melFilters(settings: MelBands): MelFilters {
  const { mels, sampleRate, window } = settings;
  const [first, last] = [toMel(settings.lowest), toMel(settings.highest ?? sampleRate / 2)];
  const edges = Array.from({ length: mels + 2 }, (_, i) =>
    fromMel(first + ((last - first) * i) / (mels + 1)),
  );
  const bins = binCount(settings);
  const weights = new Float32Array(mels * bins);
  for (let mel = 0; mel < mels; mel++) {
    const [begin, centre, end] = [itemAt(edges, mel), itemAt(edges, mel + 1), itemAt(edges, mel + 2)];
    let total = 0;
    for (let bin = 0; bin < bins; bin++) {
      const frequency = binFrequency(bin, settings);
      const weight = Math.min((frequency - begin) / (centre - begin), (end - frequency) / (end - centre));
      weights[mel * bins + bin] = Math.max(0, weight);
      total += Math.max(0, weight);
    }
    if (total === 0) {
      const range = `${begin.toFixed(1)} to ${end.toFixed(1)} Hz`;
      const spacing = (sampleRate / window).toFixed(1);
      throw new UserError(
        `mels: ${mels} mel bands are too narrow for a window of ${window} samples: band ${mel + 1}, ${range}, ` +
          `falls between bins that are ${spacing} Hz apart. Use fewer bands or a longer window.`,
      );
    }
  }
  return { weights, centres: edges.slice(1, -1) };
}

function toMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

function fromMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
