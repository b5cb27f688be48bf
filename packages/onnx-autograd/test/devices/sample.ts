import type { Row } from '../gradients/row.js';

/** Operators that a device is likely to compute in a way of its own, or leaves to the processor. */
const particular = new Set([
  ...['BatchNormalization', 'Cast', 'ConvTranspose', 'Dropout', 'GRU', 'LSTM', 'MaxPool'],
]);

/**
 * Positions of some rows: the last of every fourth operator, and of those in which devices differ. Software WebGPU takes a
 * quarter of a second a row; all of them are run by scripts/devices.mjs.
 */
export function sampleOfRows(rows: readonly Row[]): number[] {
  const last = new Map(rows.map((row, position) => [row.operator, position]));
  return [...last].flatMap(([operator, position], i) =>
    i % 4 === 0 || particular.has(operator) ? [position] : [],
  );
}
