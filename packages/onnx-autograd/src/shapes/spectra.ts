import { readInt } from '../graph/attributes.js';
import { derivedSize } from '../graph/derived-size.js';
import { type Dimension, normaliseAxis } from '../graph/shape.js';
import { elementTypeOf } from '../operators/element-types.js';
import { constantNumbers, input, type NodeDraft, type ShapeRule, shapeWithAxes } from './rule.js';

/** How many numbers a discrete Fourier transform goes over; `undefined` where that is told when the graph runs. */
export function transformLength(node: Pick<NodeDraft, 'inputs' | 'attributes'>): Dimension | undefined {
  const [x, given] = node.inputs;
  if (given !== undefined) return constantNumbers(given)?.[0];
  const own = x?.shape?.at(readInt(node.attributes, 'axis', 1));
  if (!isToReal(node)) return own;
  return typeof own === 'number' ? 2 * (own - 1) : undefined;
}

/** Whether a transform makes real numbers of one side of their frequencies. */
export function isToReal({ attributes }: Pick<NodeDraft, 'attributes'>): boolean {
  return readInt(attributes, 'inverse', 0) === 1 && readInt(attributes, 'onesided', 0) === 1;
}

/** How many frequencies a transform of real numbers has to tell, the others being their mirror images. */
export function binsOf(length: number, isOnesided: boolean): number {
  return isOnesided ? Math.floor(length / 2) + 1 : length;
}

/** Real or complex numbers in, complex ones out: the last axis has the real and the imaginary part. */
export const fourier: ShapeRule = (node) => {
  const { type } = input(node, 0);
  const x = shapeWithAxes(node);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 1), x.length, 'DFT');
  const length = transformLength(node);
  if (isToReal(node))
    return [{ type, shape: length === undefined ? undefined : x.with(axis, length).with(-1, 1) }];
  const isOnesided = readInt(node.attributes, 'onesided', 0) === 1;
  if (length === undefined || (typeof length === 'string' && isOnesided)) return [{ type, shape: undefined }];
  const bins = typeof length === 'number' ? binsOf(length, isOnesided) : length;
  return [{ type, shape: x.with(axis, bins).with(-1, 2) }];
};

/** Step and length of the frames of an `STFT`; `undefined` where they are told when the graph runs. */
export function framesOf({
  inputs: [, step, window, length],
}: Pick<NodeDraft, 'inputs'>): { readonly step: number; readonly length: number } | undefined {
  const [every] = (step && constantNumbers(step)) ?? [];
  const long = length === undefined ? window?.shape?.[0] : constantNumbers(length)?.[0];
  return every !== undefined && every > 0 && typeof long === 'number' && long > 0
    ? { step: every, length: long }
    : undefined;
}

/** `(batch, samples, 1)` as `(batch, frames, frequencies, 2)`. */
export const shortTimeFourier: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const frames = framesOf(node);
  const [batch, samples] = x as [Dimension, Dimension];
  if (frames === undefined) return [{ type, shape: undefined }];
  const { step, length } = frames;
  const count = derivedSize('frames', samples, length, step);
  const bins = binsOf(length, readInt(node.attributes, 'onesided', 1) === 1);
  return [{ type, shape: [batch, count, bins, 2] }];
};

function typeTold(node: NodeDraft) {
  return elementTypeOf(readInt(node.attributes, 'output_datatype', 1));
}

/** `(frequencies, mel bins)`. */
export const melWeights: ShapeRule = (node) => {
  const [bins, length] = [0, 1].map((i) => constantNumbers(input(node, i))?.[0]);
  const known = bins !== undefined && length !== undefined;
  return [{ type: typeTold(node), shape: known ? [binsOf(length, true), bins] : undefined }];
};

/** The weights of a window of so many places. */
export const taper: ShapeRule = (node) => {
  const [size] = constantNumbers(input(node, 0)) ?? [];
  return [{ type: typeTold(node), shape: size === undefined ? undefined : [size] }];
};
