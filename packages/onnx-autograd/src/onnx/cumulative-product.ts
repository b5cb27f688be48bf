import { mul } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { normaliseAxis } from '../graph/shape.js';
import { sizeAt, type Value } from '../graph/value.js';
import { elementTypeCodes } from '../operators/element-types.js';
import { constantNumbers } from '../shapes/rule.js';
import { float32, int64 } from '../tensor.js';
import { first, type Lowering, named } from './draft.js';

/**
 * `CumProd` of opset 26: each element times all before it. With a copy that is moved by 1, 2, 4 … places, in as many
 * products as the logarithm of the length (Hillis and Steele 1986).
 */
export const cumulativeProduct: Lowering = (draft) => {
  const [, axisOf] = draft.inputs;
  const x = first(draft);
  const [given] = (axisOf && constantNumbers(axisOf)) ?? [];
  if (given === undefined)
    throw new OnnxFormatError('CumProd: its axis must be known before the graph runs.');
  const axis = normaliseAxis(given, x.rank, 'CumProd');
  const length = sizeAt(x, axis);
  const isReversed = readInt(draft.attributes, 'reverse', 0) === 1;
  let made = readInt(draft.attributes, 'exclusive', 0) === 1 ? moved(x, axis, 1, isReversed) : x;
  for (let by = 1; by < length; by *= 2) made = mul(made, moved(made, axis, by, isReversed));
  return [named(made, draft.outputs[0] ?? '')];
};

/** Elements some places further along an axis, behind as many ones. */
function moved(x: Value, axis: number, by: number, isReversed: boolean): Value {
  const { graph } = x;
  const amounts = new Array<number>(2 * x.rank).fill(0);
  amounts[axis] = isReversed ? -by : by;
  amounts[axis + x.rank] = isReversed ? by : -by;
  const one = graph.constant(float32(1), 'one');
  const own = x.type === 'float32' ? one : graph.apply('Cast', [one], { to: elementTypeCodes[x.type] });
  return graph.apply('Pad', [x, graph.constant(int64(amounts), 'places'), own]);
}
