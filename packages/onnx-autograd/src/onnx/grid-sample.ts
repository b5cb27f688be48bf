import {
  add,
  cast,
  concat,
  mul,
  reshape,
  shape,
  slice,
  squeeze,
  sub,
  transpose,
  unsqueeze,
} from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt, readString } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { elementCount, float32, int64 } from '../tensor.js';
import { type Draft, first, type Lowering } from './draft.js';

/** Opset 20 calls the modes of opset 16 by other names. */
const modes: Readonly<Record<string, string>> = { linear: 'bilinear', cubic: 'bicubic' };

/**
 * `GridSample`: maps looked up at places that a grid tells, from -1 to 1 along each axis. Between the neighbours of each
 * place it is written out, for maps and volumes; by cubic functions, and where what is outside is reflected, it stays one
 * operator, without a gradient.
 */
export const gridSample: Lowering = (draft) => {
  const [, grid] = draft.inputs;
  const x = first(draft);
  if (!grid) throw new OnnxFormatError('GridSample: its grid is missing.');
  const given = readString(draft.attributes, 'mode', 'bilinear');
  const mode = modes[given] ?? given;
  const outside = readString(draft.attributes, 'padding_mode', 'zeros');
  const [, channels, ...spatial] = x.shape ?? [];
  const isKnown = typeof channels === 'number' && spatial.every((size) => typeof size === 'number');
  if (isKnown && grid.shape && x.type === 'float32' && mode !== 'bicubic' && outside !== 'reflection') {
    return [writtenOut(draft, grid, { channels, spatial, isNearest: mode === 'nearest', outside })];
  }
  if (x.shape && x.rank !== 4) {
    throw new OnnxFormatError(
      `GridSample of ${x.rank} axes by mode "${given}", with padding_mode "${outside}" or of sizes that are not known, is not read.`,
    );
  }
  return [{ ...draft, attributes: { ...draft.attributes, mode } }];
};

interface Sampling {
  readonly channels: number;
  /** The sizes of the maps. */
  readonly spatial: readonly number[];
  readonly isNearest: boolean;
  readonly outside: string;
}

/** The neighbours of places along one axis, in the places' shape: where they are, int64, and how much each counts. */
type Neighbours = readonly { readonly at: Value; readonly share: Value | undefined }[];

function writtenOut(draft: Draft, grid: Value, { channels, spatial, isNearest, outside }: Sampling): Draft {
  const x = first(draft);
  const { graph } = x;
  const isAtCorners = readInt(draft.attributes, 'align_corners', 0) === 1;
  const axes = spatial.map((size, axis) => {
    // The grid tells the last axis first.
    const own = spatial.length - 1 - axis;
    const told = squeeze(slice(grid, [own], [own + 1], [grid.rank - 1]), [grid.rank - 1]);
    const place = isAtCorners ? mul(add(told, 1), (size - 1) / 2) : mul(sub(mul(add(told, 1), size), 1), 0.5);
    return neighboursOf(place, size, isNearest, outside === 'border');
  });
  // (batch, elements of a map, channels); an empty batch has sizes, too.
  const rows = transpose(reshape(x, [0, channels, elementCount(spatial)]), [0, 2, 1]);
  const corners = axes.reduce<Neighbours>(
    (all, neighbours, axis) =>
      all.flatMap(({ at, share }) =>
        neighbours.map((one) => ({
          at: add(mul(at, graph.constant(int64(spatial[axis] ?? 1), 'size')), one.at),
          share: share && one.share ? mul(share, one.share) : (share ?? one.share),
        })),
      ),
    [{ at: graph.constant(int64(0), 'start'), share: undefined }],
  );
  const parts = corners.map(({ at, share }) => {
    const found = graph.apply('GatherND', [rows, unsqueeze(at, [-1])], { batch_dims: 1 });
    return share ? mul(found, unsqueeze(share, [-1])) : found;
  });
  const perm = [0, grid.rank - 1, ...spatial.map((_, axis) => axis + 1)];
  const summed = transpose(
    parts.reduce((sum, part) => add(sum, part)),
    perm,
  );
  // The batch is called as that of the maps is.
  const sizes = concat([slice(shape(x), [0], [2], [0]), slice(shape(grid), [1], [-1], [0])], 0);
  return { ...draft, operator: 'Reshape', inputs: [summed, sizes], attributes: {} };
}

function neighboursOf(place: Value, size: number, isNearest: boolean, isBorder: boolean): Neighbours {
  const { graph } = place;
  const bound = (number: number) => graph.constant(float32(number), 'bound');
  const between = (x: Value, low: number, high: number) => graph.apply('Clip', [x, bound(low), bound(high)]);
  const inside = (x: Value) => between(x, 0, size - 1);
  // Two beyond the edge there is nothing, as there is at infinity, which is no whole number.
  const within = isBorder ? inside(place) : between(place, -2, size + 1);
  // As whole numbers, which do not change smoothly: the shares do.
  const whole = (x: Value) => cast(x, 'int64');
  const low = cast(whole(graph.apply(isNearest ? 'Round' : 'Floor', [within])), 'float32');
  const one = (at: Value, share: Value | undefined) => {
    const clipped = inside(at);
    const isThere = isBorder ? undefined : cast(graph.apply('Equal', [clipped, at]), 'float32');
    return { at: whole(clipped), share: share && isThere ? mul(share, isThere) : (share ?? isThere) };
  };
  if (isNearest) return [one(low, undefined)];
  const rest = sub(within, low);
  return [one(low, sub(1, rest)), one(add(low, 1), rest)];
}
