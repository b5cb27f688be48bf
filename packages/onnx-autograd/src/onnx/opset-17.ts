import { concat, gather, shape } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readFloat, readInt, readInts, readString } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import type { Value } from '../graph/value.js';
import type { Operator } from '../operators/catalogue.js';
import { elementTypeCodes } from '../operators/element-types.js';
import { constantNumbers } from '../shapes/rule.js';
import { float32, int64, toNumbers } from '../tensor.js';
import { type Conversion, type Draft, first, without } from './draft.js';
import { channelsFirst, wrapped } from './layout.js';
import { gelu, groupNormalization, mish, refuseNewer, refuseSequences } from './newer-operators.js';
import { averagePool } from './pooling.js';

/** Graphs are kept in the form of opset 17, whatever the opset of the file. */
export function asInOpset17(draft: Draft, opset: number): Draft {
  refuseSequences(draft);
  if (opset > 17) refuseNewer(draft);
  const convert = isConverted(draft.operator) ? conversions[draft.operator] : undefined;
  return convert?.(draft, opset) ?? draft;
}

function isConverted(operator: string): operator is keyof typeof conversions {
  return Object.hasOwn(conversions, operator);
}

/** Before some opset, inputs 1, 2 … were attributes. */
function inputsSince(since: number, ...names: string[]): Conversion {
  return (draft, opset) => (opset < since ? withInputs(draft, names) : draft);
}

function withInputs(draft: Draft, names: readonly string[]): Draft {
  const graph = first(draft).graph;
  const moved = names.map((name) => {
    const value = draft.attributes[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return graph.constant(int64(value), name);
    if (typeof value === 'object' && 'floats' in value) return graph.constant(float32(value.floats), name);
    return graph.constant(float32(readFloat(draft.attributes, name, 0)), name);
  });
  while (moved.length > 0 && moved.at(-1) === undefined) moved.pop();
  return { ...draft, inputs: [...draft.inputs.slice(0, 1), ...moved], attributes: without(draft, ...names) };
}

function constantList({ operator }: Draft, value: Value): number[] {
  const numbers = constantNumbers(value);
  if (numbers !== undefined) return numbers;
  throw new OnnxFormatError(`${operator}: "${value.name}" must be known before the graph runs.`);
}

/** From opset 18 on, most reductions take their axes as an input where they were an attribute. */
const reduction: Conversion = (draft, opset) => {
  if (opset < 18) return draft;
  const [x, second] = draft.inputs;
  const axes = second && constantList(draft, second);
  const attributes = without(draft, 'noop_with_empty_axes');
  if (axes?.length) return { ...draft, inputs: [x], attributes: { ...attributes, axes } };
  if (readInt(draft.attributes, 'noop_with_empty_axes', 0) === 1) {
    return { ...draft, operator: 'Identity', inputs: [x], attributes: {} };
  }
  return { ...draft, inputs: [x], attributes };
};

/** Before opset 13 a softmax went over its axis and all axes behind. */
const softmax: Conversion = (draft, opset) => {
  if (opset >= 13) return draft;
  const x = first(draft);
  const axis = normaliseAxis(readInt(draft.attributes, 'axis', 1), x.rank, draft.operator);
  if (x.knownShape.every((size, i) => i <= axis || size === 1)) {
    return { ...draft, attributes: { ...draft.attributes, axis } };
  }
  const flat = x.graph.apply('Flatten', [x], { axis });
  const made = x.graph.apply(draft.operator, [flat], { axis: -1 });
  return { ...draft, operator: 'Reshape', inputs: [made, x.graph.apply('Shape', [x])], attributes: {} };
};

/** Before opset 14 more than one output meant training, and there were up to five. */
const batchNormalization: Conversion = (draft, opset) => {
  if (opset >= 14) return draft;
  if (readInt(draft.attributes, 'spatial', 1) === 0)
    throw new OnnxFormatError('BatchNormalization with spatial=0 is not read.');
  const attributes = without(draft, 'spatial', 'is_test', 'consumed_inputs');
  if (draft.outputs.length === 1) return { ...draft, attributes };
  return { ...draft, attributes: { ...attributes, training_mode: 1 }, outputs: draft.outputs.slice(0, 3) };
};

const split: Conversion = (draft, opset) => {
  if (opset < 13) return withInputs(draft, ['split']);
  if (draft.attributes.num_outputs === undefined) return draft;
  // Opset 18: equal parts, of which the last may be smaller.
  const x = first(draft);
  const attributes = without(draft, 'num_outputs');
  const length = x.knownShape[normaliseAxis(readInt(attributes, 'axis', 0), x.rank, 'Split')];
  if (typeof length !== 'number') return { ...draft, attributes };
  const part = Math.ceil(length / draft.outputs.length);
  const sizes = draft.outputs.map((_, i) => Math.min(part, length - i * part));
  return { ...draft, attributes, inputs: [x, x.graph.constant(int64(sizes), 'split')] };
};

/** Since opset 18 `Pad` can name axes. */
const pad: Conversion = (draft, opset) => {
  const all = opset < 11 ? withInputs(draft, ['pads', 'value']) : inAllAxes(draft);
  return readString(draft.attributes, 'mode', 'constant') === 'wrap' ? wrapped(all) : all;
};

function inAllAxes(draft: Draft): Draft {
  const [x, second, third, fourth] = draft.inputs;
  if (!x || !second || !fourth) return draft;
  const axes = constantList(draft, fourth).map((axis) => normaliseAxis(axis, x.rank, 'Pad'));
  const given = constantList(draft, second);
  const amounts = new Array<number>(2 * x.rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    amounts[axis] = given[i] ?? 0;
    amounts[axis + x.rank] = given[i + axes.length] ?? 0;
  }
  const pads = x.graph.constant(int64(amounts), `${second.name}_all_axes`);
  return { ...draft, inputs: third ? [x, pads, third] : [x, pads] };
}

/** `Upsample`, and `Resize` as it was in opset 10: places are divided by the scale. */
const upsample: Conversion = (draft) => {
  const scaled = draft.inputs.length > 1 ? draft : withInputs(draft, ['scales']);
  const mode = readString(draft.attributes, 'mode', 'nearest');
  return {
    ...draft,
    operator: 'Resize',
    inputs: [scaled.inputs[0], undefined, scaled.inputs[1]],
    attributes: {
      mode: mode === 'bilinear' ? 'linear' : mode,
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
  };
};

const resize: Conversion = (draft, opset) => {
  if (opset < 11) return upsample(draft, opset);
  const { antialias = 0, keep_aspect_ratio_policy: policy = 'stretch' } = draft.attributes;
  const mode = readString(draft.attributes, 'coordinate_transformation_mode', 'half_pixel');
  if (antialias !== 0 || policy !== 'stretch' || mode === 'half_pixel_symmetric') {
    throw new OnnxFormatError(
      'Resize with antialias, keep_aspect_ratio_policy (opset 18) or half_pixel_symmetric (opset 19) is not read.',
    );
  }
  const attributes = without(draft, 'antialias', 'keep_aspect_ratio_policy', 'axes');
  const axes = readInts(draft.attributes, 'axes');
  return { ...draft, attributes, inputs: axes ? forAllAxes(draft, axes) : draft.inputs };
};

/** The inputs of a `Resize` that names only some axes (opset 18): the others stay as they are. */
function forAllAxes(draft: Draft, named: readonly number[]): Draft['inputs'] {
  const x = first(draft);
  const [, , scales, sizes] = draft.inputs;
  const axes = named.map((axis) => normaliseAxis(axis, x.rank, 'Resize'));
  const { graph } = x;
  const roi = regionInAllAxes(draft, axes);
  if (scales?.data?.data.length) {
    const given = toNumbers(scales.data);
    const all = x.knownShape.map((_, axis) => given[axes.indexOf(axis)] ?? 1);
    return [x, roi, graph.constant(float32(all), 'scales')];
  }
  // Absent ones may also be there and empty; what is told when the graph runs only is neither.
  const isScaled = scales !== undefined && constantNumbers(scales)?.length !== 0;
  const targets = isScaled ? scales : sizes;
  if (targets === undefined) throw new OnnxFormatError('Resize: neither scales nor sizes are given.');
  const own = isScaled ? graph.constant(float32(x.knownShape.map(() => 1)), 'ones') : shape(x);
  const parts = x.knownShape.map((_, axis) => {
    const from = axes.indexOf(axis);
    const index = graph.constant(int64([from < 0 ? axis : from]), 'index');
    return gather(from < 0 ? own : targets, index, 0);
  });
  const all = concat(parts as [Value, ...Value[]], 0);
  return isScaled ? [x, roi, all] : [x, roi, undefined, all];
}

/** The region that a `Resize` of some axes crops to: where it begins in every axis, then where it ends. */
function regionInAllAxes(draft: Draft, axes: readonly number[]): Value | undefined {
  const x = first(draft);
  const [, roi] = draft.inputs;
  const mode = readString(draft.attributes, 'coordinate_transformation_mode', 'half_pixel');
  if (roi === undefined || mode !== 'tf_crop_and_resize') return undefined;
  const { graph } = x;
  const [begin, end] = [0, 1].map((whole) => {
    const otherwise = graph.constant({ type: 'float32', dims: [1], data: Float32Array.of(whole) }, 'whole');
    return x.knownShape.map((_, axis) => {
      const from = axes.indexOf(axis);
      const place = from + whole * axes.length;
      return from < 0 ? otherwise : gather(roi, graph.constant(int64([place]), 'index'), 0);
    });
  });
  return concat([...(begin ?? []), ...(end ?? [])] as [Value, ...Value[]], 0);
}

/** Since opset 19 a cast can say how it rounds to 8-bit floats, which are not read. */
const castOf: Conversion = (draft) => ({ ...draft, attributes: without(draft, 'saturate', 'round_mode') });

/** A cast to the type of another value, as PyTorch writes what it has not optimized. */
const castLike: Conversion = (draft) => {
  const [x, like] = draft.inputs;
  if (like === undefined) throw new OnnxFormatError('CastLike: input 1 is missing.');
  return { ...draft, operator: 'Cast', inputs: [x], attributes: { to: elementTypeCodes[like.type] } };
};

/** Since opset 18 what is put to a place may be compared with what is there. */
const scattered: Conversion = (draft) => {
  const reduction = readString(draft.attributes, 'reduction', 'none');
  if (['none', 'add', 'mul'].includes(reduction)) return draft;
  throw new OnnxFormatError(`${draft.operator} with the reduction "${reduction}" (opset 18) is not read.`);
};

/** Since opset 20 the axis of a transform is an input, and not the first behind the batch but the last before the parts. */
const fourier: Conversion = (draft, opset) => {
  if (opset < 20) return draft;
  const [x, length, axis] = draft.inputs;
  const along = normaliseAxis((axis && constantList(draft, axis)[0]) ?? -2, first(draft).rank, 'DFT');
  return { ...draft, inputs: length ? [x, length] : [x], attributes: { ...draft.attributes, axis: along } };
};

/** Since opset 27 a range can say in which type it counts. */
const range: Conversion = (draft) => ({ ...draft, attributes: without(draft, 'stash_type') });

/** Since opset 28 in either of two orders, as the way back has always been. */
const spaceToDepth: Conversion = (draft) =>
  readString(draft.attributes, 'mode', 'DCR') === 'CRD'
    ? channelsFirst(draft)
    : { ...draft, attributes: without(draft, 'mode') };

const renamed =
  (operator: string): Conversion =>
  (draft) => ({ ...draft, operator });

/** `Squeeze` without axes stays so: which are of size one is seen when it runs. */
const axesInput = inputsSince(13, 'axes');

/** Before opset 12 the ratio was an attribute. What trains must tell what it kept: the gradient asks for it. */
const dropout: Conversion = (draft, opset) => {
  if (opset < 12) return withInputs(draft, ['ratio']);
  const [, , training] = draft.inputs;
  const isAlone = draft.outputs.length === 1 && training !== undefined;
  if (!isAlone || (training.data && toNumbers(training.data)[0] === 0)) return draft;
  return { ...draft, outputs: [...draft.outputs, ''] };
};

/** Operators of other opsets that opset 17 writes with those of the catalogue. */
type Replaced = 'Upsample' | 'Scatter' | 'CastLike' | 'GroupNormalization' | 'Gelu' | 'Mish';

const conversions: Readonly<Partial<Record<Operator | Replaced, Conversion>>> = {
  Squeeze: axesInput,
  Unsqueeze: axesInput,
  ReduceSum: axesInput,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceL1: reduction,
  ReduceL2: reduction,
  ReduceSumSquare: reduction,
  ReduceLogSum: reduction,
  ReduceLogSumExp: reduction,
  Clip: inputsSince(11, 'min', 'max'),
  Dropout: dropout,
  Slice: inputsSince(10, 'starts', 'ends', 'axes'),
  Split: split,
  Pad: pad,
  Softmax: softmax,
  LogSoftmax: softmax,
  BatchNormalization: batchNormalization,
  Upsample: upsample,
  Resize: resize,
  Scatter: renamed('ScatterElements'),
  ScatterElements: scattered,
  ScatterND: scattered,
  DFT: fourier,
  Range: range,
  SpaceToDepth: spaceToDepth,
  CastLike: castLike,
  AveragePool: averagePool,
  Cast: castOf,
  GroupNormalization: groupNormalization,
  Gelu: gelu,
  Mish: mish,
};

/** The operators that some opset writes in another form. */
export const convertedOperators: readonly string[] = Object.keys(conversions);
