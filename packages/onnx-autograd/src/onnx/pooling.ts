import {
  abs,
  concat,
  conv,
  equal,
  pow,
  reshape,
  shape,
  slice,
  sqrt,
  square,
  sum,
  where,
} from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt, readInts } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { readWindow, type Window, windowCount } from '../shapes/windows.js';
import { elementCount, float32, int64 } from '../tensor.js';
import { type Conversion, type Draft, first, type Lowering, named, without } from './draft.js';

/** The window of a pooling, with as much padding behind as its last place reaches (`ceil_mode`). */
function windowOf(draft: Draft): { readonly window: Window; readonly overhang: readonly number[] } {
  const x = first(draft);
  const spatial = x.knownShape.slice(2);
  const window = readWindow(draft.attributes, readInts(draft.attributes, 'kernel_shape') ?? [], spatial);
  const overhang = spatial.map((length, i) => {
    if (!window.ceil) return 0;
    if (typeof length !== 'number') {
      throw new OnnxFormatError(
        `${draft.operator}: with ceil_mode the size "${length}" must be known before the graph runs.`,
      );
    }
    const reach = ((window.kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1) + 1;
    const last = ((windowCount(length, window, i) as number) - 1) * (window.strides[i] ?? 1) + reach;
    return Math.max(0, last - length - (window.padBegin[i] ?? 0) - (window.padEnd[i] ?? 0));
  });
  return { window, overhang };
}

/** The sums of windows over maps `(maps, 1, ...spatial)`, by a convolution with ones. */
function sumsOf(
  maps: Value,
  { kernel, strides, dilations }: Window,
  begin: readonly number[],
  end: readonly number[],
): Value {
  const ones = float32(new Float32Array(elementCount(kernel)).fill(1), [1, 1, ...kernel]);
  const filter = maps.graph.constant(ones, 'ones');
  return conv(maps, filter, undefined, { strides, dilations, pads: [...begin, ...end] });
}

/** The sizes of so many maps of one channel each; -1 for as many as there are. */
function mapSizes(x: Value, count: number): Value {
  const own = slice(shape(x), [2], [x.rank], [0]);
  return concat([x.graph.constant(int64([count, 1]), 'maps'), own], 0);
}

/** The sums of windows over each channel of `(batch, channels, ...spatial)`. */
function windowSums(x: Value, window: Window, overhang: readonly number[]): Value {
  const maps = reshape(x, mapSizes(x, -1));
  const made = sumsOf(maps, window, window.padBegin, plus(window.padEnd, overhang));
  const sizes = [slice(shape(x), [0], [2], [0]), slice(shape(made), [2], [x.rank], [0])] as const;
  return reshape(made, concat(sizes, 0));
}

function plus(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + (b[i] ?? 0));
}

/** Since opset 19 `AveragePool` can leave places out of its windows; since 22 all pooling knows more types alone. */
export const averagePool: Conversion = (draft) => {
  const dilations = readInts(draft.attributes, 'dilations');
  if (!dilations?.some((one) => one !== 1)) return { ...draft, attributes: without(draft, 'dilations') };
  const x = first(draft);
  const { graph } = x;
  const { window, overhang } = windowOf(draft);
  const { padBegin, padEnd } = window;
  const none = padBegin.map(() => 0);
  const ones = graph.apply('ConstantOfShape', [mapSizes(x, 1)], { value: { tensor: float32([1]) } });
  const isCounted = readInt(draft.attributes, 'count_include_pad', 0) === 1;
  const amounts = graph.constant(int64([0, 0, ...padBegin, 0, 0, ...padEnd]), 'pads');
  const counts = isCounted
    ? sumsOf(graph.apply('Pad', [ones, amounts, graph.constant(float32(1), 'one')]), window, none, overhang)
    : sumsOf(ones, window, padBegin, plus(padEnd, overhang));
  return { ...draft, operator: 'Div', inputs: [windowSums(x, window, overhang), counts], attributes: {} };
};

/** `LpPool`: the length of each window by the norm `p`; since opset 18 with places left out, and `ceil_mode`. */
export const lpPool: Lowering = (draft) => {
  const { window, overhang } = windowOf(draft);
  const made = lengthOf(first(draft), draft, (powers) => windowSums(powers, window, overhang));
  return [named(made, draft.outputs[0] ?? '')];
};

/** `GlobalLpPool`: the length of each map. */
export const globalLpPool: Lowering = (draft) => {
  const axes = first(draft).knownShape.flatMap((_, axis) => (axis < 2 ? [] : [axis]));
  const made = lengthOf(first(draft), draft, (powers) => sum(powers, axes));
  return [named(made, draft.outputs[0] ?? '')];
};

/** The root of a sum of powers. It is 0 with the sum, and has no slope there. */
function lengthOf(x: Value, { attributes }: Draft, summed: (powers: Value) => Value): Value {
  const p = readInt(attributes, 'p', 2);
  if (p === 1) return summed(abs(x));
  const total = summed(p === 2 ? square(x) : pow(abs(x), p));
  const isNone = equal(total, 0);
  const safe = where(isNone, 1, total);
  return where(isNone, 0, p === 2 ? sqrt(safe) : pow(safe, 1 / p));
}
