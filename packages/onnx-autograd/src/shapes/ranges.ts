import { GraphError } from '../errors.js';
import { normaliseAxis } from '../graph/shape.js';
import { constantNumbers, type NodeDraft } from './rule.js';

/** A `Slice` with its defaults filled in: one entry an axis of which not all is taken. */
export interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The ranges of a `Slice` whose bounds are constants; `undefined` when they are computed. */
export function sliceRanges(node: Pick<NodeDraft, 'inputs'>): SliceRange[] | undefined {
  const [x, starts, ends, axes, steps] = node.inputs;
  const start = starts && constantNumbers(starts);
  const end = ends && constantNumbers(ends);
  if (x === undefined || start === undefined || end === undefined) return undefined;
  const along = axes === undefined ? start.map((_, i) => i) : constantNumbers(axes);
  const stride = steps === undefined ? start.map(() => 1) : constantNumbers(steps);
  if (along === undefined || stride === undefined) return undefined;
  if (stride.includes(0) || [end, along, stride].some((list) => list.length !== start.length)) {
    throw new GraphError(
      `Slice: starts [${start}], ends [${end}], axes [${along}] and steps [${stride}] should be ` +
        'equally many, and no step 0.',
    );
  }
  const ranges = along.map((axis, i) => {
    const from = normaliseAxis(axis, x.rank, 'Slice');
    return { axis: from, start: start[i] as number, end: end[i] as number, step: stride[i] as number };
  });
  return ranges.filter((range) => !isWhole(range));
}

/** No axis has more elements than exporters write for "to the end". */
const toTheEnd = 2 ** 31 - 1;

/** Whether a range is the whole axis, however long that is. */
function isWhole({ start, end, step }: SliceRange): boolean {
  return start === 0 && step === 1 && end >= toTheEnd;
}
