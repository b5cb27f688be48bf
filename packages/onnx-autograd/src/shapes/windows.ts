import { GraphError } from '../errors.js';
import type { Attributes } from '../graph/attributes.js';
import { readInt, readInts, readString } from '../graph/attributes.js';
import { derivedSize } from '../graph/derived-size.js';
import { type Dimension, describeShape, type Shape, staticSizes, symbol } from '../graph/shape.js';
import { shapeHeldBy } from './held.js';
import { input, type NodeDraft, type ShapeRule } from './rule.js';

/** A sliding window over the spatial axes, every default of the standard filled in. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros before the first element of each spatial axis. */
  readonly padBegin: readonly number[];
  /** Zeros after the last element of each spatial axis. */
  readonly padEnd: readonly number[];
  readonly ceil: boolean;
}

/**
 * Reads strides, pads and dilations of a convolution or pooling operator.
 *
 * @param spatial sizes of the input's spatial axes; needed for `auto_pad` with strides only.
 * @param open whether the padding that depends on a size without a number may be left open, as NaN.
 * @throws GraphError when it depends on one otherwise.
 * @see https://onnx.ai/onnx/operators/onnx__Conv.html
 */
export function readWindow(
  attributes: Attributes,
  kernel: readonly number[],
  spatial: Shape,
  open = false,
): Window {
  const rank = kernel.length;
  if (rank !== spatial.length || rank === 0) {
    throw new GraphError(`A window of [${kernel}] does not slide over the axes ${describeShape(spatial)}.`);
  }
  const ones = new Array<number>(rank).fill(1);
  const strides = readInts(attributes, 'strides') ?? ones;
  const dilations = readInts(attributes, 'dilations') ?? ones;
  const ceil = readInt(attributes, 'ceil_mode', 0) === 1;
  const autoPad = readString(attributes, 'auto_pad', 'NOTSET');
  let pads = readInts(attributes, 'pads') ?? new Array<number>(2 * rank).fill(0);
  if (autoPad === 'VALID') pads = new Array<number>(2 * rank).fill(0);
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    const totals = kernel.map((size, i) => {
      const length = spatial[i];
      const stride = strides[i] ?? 1;
      const reach = (size - 1) * (dilations[i] ?? 1) + 1;
      if (stride === 1) return reach - 1;
      if (typeof length !== 'number') {
        if (open) return Number.NaN;
        throw new GraphError(
          `auto_pad=${autoPad} with strides pads by the size of its input, ${describeShape(spatial)}: give it as a number ` +
            "where the network is included, such as graph.input('x', ['batch', 1, 16000]).",
        );
      }
      return Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
    });
    const small = totals.map((total) => Math.floor(total / 2));
    const large = totals.map((total) => Math.ceil(total / 2));
    pads = autoPad === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
  }
  return { kernel, strides, dilations, padBegin: pads.slice(0, rank), padEnd: pads.slice(rank), ceil };
}

/** How many places a window takes along an axis. */
export function windowCount(length: Dimension, window: Window, axis: number): Dimension {
  const stride = window.strides[axis] ?? 1;
  const reach = ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
  const before = window.padBegin[axis] ?? 0;
  const padding = before + (window.padEnd[axis] ?? 0);
  if (typeof length === 'string') {
    if (Number.isNaN(padding)) return derivedSize('same', length, stride);
    if (stride === 1 && padding === reach - 1) return length;
  }
  const count = window.ceil
    ? derivedSize('windowUp', length, stride, padding - reach, before)
    : derivedSize('window', length, stride, padding - reach);
  if (typeof count === 'number' && (!Number.isFinite(count) || count < 1)) {
    throw new GraphError(
      `A window of ${reach} does not fit an axis of ${length} with ${padding} of padding.`,
    );
  }
  return count;
}

function slide(spatial: Shape, window: Window): Dimension[] {
  return spatial.map((length, axis) => windowCount(length, window, axis));
}

export const conv: ShapeRule = (node) => {
  const x = input(node, 0).knownShape;
  const w = input(node, 1).knownShape;
  const groups = readInt(node.attributes, 'group', 1);
  const channels = x[1];
  const perGroup = w[1];
  if (typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup * groups) {
    throw new GraphError(
      `Conv (node "${node.name}"): the input ${describeShape(x)} has ${channels} channels, ` +
        `the filter ${describeShape(w)} with ${groups} group(s) wants ${perGroup * groups}.`,
    );
  }
  const spatial = x.slice(2);
  const { type } = input(node, 0);
  if (w.slice(2).some((size) => typeof size === 'string')) {
    // Maps stand for a filter, as in the gradient of one.
    const open = spatial.map((length, i) => symbol(`conv(${length},${w[i + 2]},${node.name})`));
    return [{ type, shape: [x[0] as Dimension, w[0] as Dimension, ...open] }];
  }
  const window = readWindow(node.attributes, kernelOf(node, w), spatial, true);
  return [{ type, shape: [x[0] as Dimension, w[0] as Dimension, ...slide(spatial, window)] }];
};

/** The spatial sizes of a filter. */
function kernelOf(node: Pick<NodeDraft, 'operator' | 'name'>, filter: Shape): number[] {
  return filter.slice(2).map((size) => {
    if (typeof size === 'number') return size;
    throw new GraphError(
      `${node.operator} (node "${node.name}"): the filter's size ${describeShape(filter)} is not known.`,
    );
  });
}

export const convTranspose: ShapeRule = (node) => {
  const x = input(node, 0).knownShape;
  const w = input(node, 1).knownShape;
  const window = readTransposedWindow(node.attributes, kernelOf(node, w), x.slice(2));
  const outputPadding = readInts(node.attributes, 'output_padding');
  const given = readInts(node.attributes, 'output_shape');
  const spatial = x.slice(2).map((length, i): Dimension => {
    if (given !== undefined) return given[i] ?? 1;
    const reach = ((window.kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1) + 1;
    const padding = (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0);
    const stride = window.strides[i] ?? 1;
    const more = (outputPadding?.[i] ?? 0) + reach - padding;
    return derivedSize('transposed', length, stride, more);
  });
  const channels = (w[1] as number) * readInt(node.attributes, 'group', 1);
  return [{ type: input(node, 0).type, shape: [x[0] as Dimension, channels, ...spatial] }];
};

/**
 * Reads the window of a transposed convolution, which crops where a convolution pads: as much as `output_shape`, or
 * `auto_pad` (an output of `stride` times the input's size), asks for.
 *
 * @see https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
 */
export function readTransposedWindow(
  attributes: Attributes,
  kernel: readonly number[],
  spatial: Shape,
): Window {
  const { auto_pad: autoPad, ...others } = attributes;
  const window = readWindow(others, kernel, spatial);
  const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
  const given = readInts(attributes, 'output_shape');
  if (!same && given === undefined) return window;
  const outputPadding = readInts(attributes, 'output_padding');
  const totals = staticSizes(spatial, 'ConvTranspose').map((length, i) => {
    const stride = window.strides[i] ?? 1;
    const reach = ((kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1) + 1;
    const full = (length - 1) * stride + (outputPadding?.[i] ?? 0) + reach;
    return Math.max(0, full - (given?.[i] ?? length * stride));
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  const upper = autoPad === 'SAME_UPPER';
  return { ...window, padBegin: upper ? small : large, padEnd: upper ? large : small };
}

export const pool: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const spatial = x.slice(2);
  const window = readWindow(node.attributes, readInts(node.attributes, 'kernel_shape') ?? [], spatial, true);
  const shape = [x[0] as Dimension, x[1] as Dimension, ...slide(spatial, window)];
  return [
    { type, shape },
    { type: 'int64', shape },
  ];
};

export const maxUnpool: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  const given = node.inputs[2];
  if (given) return [{ type, shape: shapeHeldBy(given) }];
  const window = readWindow(node.attributes, readInts(node.attributes, 'kernel_shape') ?? [], x.slice(2));
  const spatial = staticSizes(x.slice(2), 'MaxUnpool').map((length, i) => {
    const padding = (window.padBegin[i] ?? 0) + (window.padEnd[i] ?? 0);
    return (length - 1) * (window.strides[i] ?? 1) + (window.kernel[i] ?? 1) - padding;
  });
  return [{ type, shape: [...x.slice(0, 2), ...spatial] }];
};

export const globalPool: ShapeRule = (node) => {
  const { type, knownShape: x } = input(node, 0);
  return [{ type, shape: x.map((size, axis) => (axis < 2 ? size : 1)) }];
};
