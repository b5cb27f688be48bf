import * as Plot from '@observablehq/plot';
import { encode } from 'fast-png';
import type { Markup } from '../markup.js';
import type { SampleClip } from '../results.js';
import { chart } from './plot.js';
import {
  frequencyTicks,
  spectrogramColours,
  spectrogramContrast,
  spectrogramLevel,
} from './spectrogram-scale.js';

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
  const contrast = spectrogramContrast(values);
  const colours = spectrogramColours();
  const data = new Uint8Array(frames * bins * 3);
  for (let bin = 0; bin < bins; bin++) {
    for (let frame = 0; frame < frames; frame++) {
      const level = spectrogramLevel(values[frame * bins + bin] ?? contrast[0], contrast);
      data.set(colours[level] ?? [0, 0, 0], ((bins - 1 - bin) * frames + frame) * 3);
    }
  }
  const png = encode({ width: frames, height: bins, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
