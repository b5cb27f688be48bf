import { spectrogramColours, spectrogramContrast, spectrogramLevel } from 'antitransfer/charts';
import type { ClipFeaturesView } from '../../../../src/views/clip-features.ts';

/** What networks were given of a clip, as numbers. */
export interface Picture extends Omit<ClipFeaturesView, 'values'> {
  /** frames x bins. */
  readonly values: Float32Array;
  /** Values that have the first and the last colour; what is beyond has them, too. */
  readonly contrast: readonly [low: number, high: number];
}

export function pictureOf({ values: text, ...view }: ClipFeaturesView): Picture {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const data = new DataView(bytes.buffer);
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, i) => data.getFloat32(4 * i, true));
  return { ...view, values, contrast: spectrogramContrast(values) };
}

/** One pixel a value: time to the right, the highest bin above. */
export function drawPicture(canvas: HTMLCanvasElement, { frames, bins, values, contrast }: Picture): void {
  canvas.width = frames;
  canvas.height = bins;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(frames, bins);
  const colours = spectrogramColours();
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < bins; bin++) {
      const [red, green, blue] = colours[spectrogramLevel(values[frame * bins + bin] ?? 0, contrast)] ?? [];
      image.data.set([red ?? 0, green ?? 0, blue ?? 0, 255], 4 * ((bins - 1 - bin) * frames + frame));
    }
  }
  context.putImageData(image, 0, 0);
}

/** The colours from the first to the last, one pixel each. */
export function drawScale(canvas: HTMLCanvasElement): void {
  const colours = spectrogramColours();
  canvas.width = colours.length;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(colours.length, 1);
  for (const [level, colour] of colours.entries()) image.data.set([...colour, 255], 4 * level);
  context.putImageData(image, 0, 0);
}

/** Where a moment lies in the picture, in [0, 1] from the left: a frame is centred on its moment. */
export function shareOf({ frames, hopSeconds }: Picture, seconds: number): number {
  return Math.min(1, Math.max(0, (seconds / hopSeconds + 0.5) / frames));
}

/** Which moment lies at a share of the picture's width. */
export function secondsAt({ frames, hopSeconds, seconds }: Picture, share: number): number {
  return Math.min(seconds, Math.max(0, (share * frames - 0.5) * hopSeconds));
}

/** The frame that a moment is in. */
export function frameAt({ frames, hopSeconds }: Picture, seconds: number): number {
  return Math.min(frames - 1, Math.max(0, Math.round(seconds / hopSeconds)));
}

/** `0.320 s · 1250 Hz · value 1.73`: what the network was given at a place. */
export function readoutOf(picture: Picture, frame: number, bin: number): string {
  const { frequencies, hopSeconds, bins, values } = picture;
  const hertz = frequencies?.[bin];
  const height = hertz === undefined ? `coefficient ${bin}` : `${Math.round(hertz)} Hz`;
  const value = values[frame * bins + bin] ?? Number.NaN;
  return `${(frame * hopSeconds).toFixed(3)} s · ${height} · value ${signed(value)}`;
}

/** To two digits, with a true minus. */
export function signed(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
