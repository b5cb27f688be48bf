// @ts-check
// Toy data for the examples: digits of seven segments, somewhere in 16 x 16 noisy pixels.
import { float32, int64 } from 'onnx-autograd';

/** The segments of each digit: top, upper left, upper right, middle, lower left, lower right, bottom. */
const shown = '1110111 0010010 1011101 1011011 0111010 1101011 1101111 1010010 1111111 1111011'.split(' ');
/** Row and column of each segment's first pixel, and 1 where it lies. */
const segments = ['001', '000', '050', '401', '400', '450', '801'].map((text) => [...text].map(Number));

/**
 * A batch of random digits.
 *
 * @param {number} count
 * @param {import('onnx-autograd').Random} random
 * @param {(digit: number) => number} label
 * @returns images `(count, 1, 16, 16)` and labels `(count)`
 */
export function drawDigits(count, random, label = (digit) => digit) {
  const pixels = Float32Array.from({ length: count * 256 }, () => 0.3 * random.normal());
  const digits = Array.from({ length: count }, () => random.integer(0, 9));
  for (const [i, digit] of digits.entries()) {
    const [down, across] = [random.integer(0, 6), random.integer(0, 9)];
    for (const [s, [row = 0, column = 0, lies]] of segments.entries()) {
      if (shown[digit]?.[s] === '0') continue;
      for (let k = 0; k < (lies ? 6 : 5); k++) {
        const [y, x] = lies ? [row, column + k] : [row + k, column];
        pixels[i * 256 + (down + y) * 16 + across + x] = 1 + 0.2 * random.normal();
      }
    }
  }
  return { images: float32(pixels, [count, 1, 16, 16]), labels: int64(digits.map(label)) };
}

/**
 * The share of scores `(count, classes)` whose largest is that of the label.
 *
 * @param {import('onnx-autograd').Tensor | undefined} scores
 * @param {import('onnx-autograd').Tensor} labels
 */
export function accuracy(scores, labels) {
  if (scores === undefined) throw new Error('There are no scores.');
  const classes = scores.dims[1] ?? 0;
  const right = Array.from(labels.data, Number).filter((label, i) => {
    const row = Array.from(scores.data.slice(i * classes, (i + 1) * classes), Number);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.data.length;
}
