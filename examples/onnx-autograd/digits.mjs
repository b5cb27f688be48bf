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

/**
 * A batch of random numbers of one digit or two, side by side; beside a single one there is noise.
 *
 * @param {number} count
 * @param {import('onnx-autograd').Random} random
 * @returns images `(count, 1, 16, 32)`, labels `(count, 2)` and how many of these count `(count)`
 */
export function drawNumbers(count, random) {
  const [left, right] = [drawDigits(count, random), drawDigits(count, random)];
  const lengths = Array.from({ length: count }, () => random.integer(1, 2));
  const pixels = Float32Array.from({ length: count * 512 }, (_, i) => {
    const [clip, side, at] = [i >> 9, (i >> 4) & 1, ((i >> 5) & 15) * 16 + (i & 15)];
    if (side >= (lengths[clip] ?? 0)) return 0.3 * random.normal();
    return Number((side ? right : left).images.data[clip * 256 + at]);
  });
  const said = lengths.flatMap((_, clip) => [left, right].map((one) => Number(one.labels.data[clip])));
  return {
    images: float32(pixels, [count, 1, 16, 32]),
    labels: int64(said, [count, 2]),
    counts: int64(lengths),
  };
}

/**
 * The share of numbers that are read right, where repeats and blanks are left out.
 *
 * @param {import('onnx-autograd').Tensor} best the likeliest class of each column, `(count, columns)`
 * @param {ReturnType<typeof drawNumbers>} numbers
 * @param {number} blank
 */
export function shareRead(best, { labels, counts }, blank) {
  const columns = best.dims[1] ?? 0;
  const right = Array.from(counts.data, Number).filter((count, clip) => {
    const path = Array.from(best.data.slice(columns * clip, columns * (clip + 1)), Number);
    const read = path.filter((symbol, i) => symbol !== blank && symbol !== path[i - 1]);
    return read.join() === Array.from(labels.data.slice(2 * clip, 2 * clip + count), Number).join();
  });
  return right.length / counts.data.length;
}
