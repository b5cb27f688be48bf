import { OnnxFormatError } from '../errors.js';
import { readInts } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { shapeHeldBy } from '../shapes/held.js';
import { int64 } from '../tensor.js';
import { first, type Lowering } from './draft.js';

/** `CenterCropPad` of opset 18: the middle of what is too long, zeros around what is too short. */
export const centerCropPad: Lowering = (draft) => {
  const [, shape] = draft.inputs;
  const x = first(draft);
  const targets = shape && shapeHeldBy(shape);
  if (targets === undefined) {
    throw new OnnxFormatError('CenterCropPad: its sizes must be known before the graph runs.');
  }
  const axes = readInts(draft.attributes, 'axes')?.map((axis) =>
    normaliseAxis(axis, x.rank, 'CenterCropPad'),
  );
  const amounts = new Array<number>(2 * x.rank).fill(0);
  for (const [i, target] of targets.entries()) {
    const axis = axes ? (axes[i] as number) : i;
    const size = x.knownShape[axis];
    if (size === target) continue;
    if (typeof size !== 'number' || typeof target !== 'number') {
      throw new OnnxFormatError(
        `CenterCropPad: axis ${axis} goes from ${size} to ${target}; both must be known before the graph runs.`,
      );
    }
    const before = target < size ? -Math.floor((size - target) / 2) : Math.floor((target - size) / 2);
    amounts[axis] = before;
    amounts[axis + x.rank] = target - size - before;
  }
  const inputs = [x, x.graph.constant(int64(amounts), 'amounts')];
  return [{ ...draft, operator: 'Pad', inputs, attributes: {} }];
};
