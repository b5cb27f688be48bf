import { bands, spectrogram } from './front-end.js';

/** Dark to bright; perceptually even. */
const colours = [
  [20, 20, 45],
  [60, 40, 110],
  [150, 55, 120],
  [230, 105, 80],
  [252, 200, 110],
  [255, 250, 220],
] as const;

/** Draws a clip's spectrogram, low bands at the bottom. */
export function drawClip(canvas: HTMLCanvasElement, samples: Float32Array): void {
  const { frames, values } = spectrogram(samples);
  [canvas.width, canvas.height] = [frames, bands];
  const image = new ImageData(frames, bands);
  for (let band = 0; band < bands; band++) {
    for (let frame = 0; frame < frames; frame++) {
      const place = (values[band * frames + frame] as number) * (colours.length - 1);
      const from = Math.min(colours.length - 2, Math.floor(place));
      const [low, high] = [colours[from] as readonly number[], colours[from + 1] as readonly number[]];
      const colour = low.map((value, i) => value + (place - from) * ((high[i] as number) - value));
      image.data.set([...colour, 255], 4 * ((bands - 1 - band) * frames + frame));
    }
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
