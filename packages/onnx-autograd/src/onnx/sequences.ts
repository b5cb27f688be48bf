import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import type { Value } from '../graph/value.js';
import { constantNumbers } from '../shapes/rule.js';
import { int64 } from '../tensor.js';
import { type Draft, first } from './draft.js';

/** What `SplitToSequence` makes: parts of a tensor, each of which is cut out where it is asked for. */
export interface Sequence {
  readonly source: Value;
  readonly axis: number;
  /** The size of all parts but perhaps the last, or that of each; 1, and without the axis, when absent. */
  readonly sizes?: number | readonly number[];
}

/** @throws OnnxFormatError when the sizes of the parts are known only when it runs. */
export function splitToSequence(draft: Draft): Sequence {
  const source = first(draft);
  const axis = readInt(draft.attributes, 'axis', 0);
  const [, split] = draft.inputs;
  if (split === undefined) {
    return { source, axis, ...(readInt(draft.attributes, 'keepdims', 1) === 1 && { sizes: 1 }) };
  }
  const sizes = constantNumbers(split);
  if (sizes === undefined) {
    throw new OnnxFormatError(
      `SplitToSequence: the sizes "${split.name}" must be known before the graph runs.`,
    );
  }
  return { source, axis, sizes: split.shape?.length === 0 ? (sizes[0] as number) : sizes };
}

/**
 * A part of a sequence, as a node of its own.
 *
 * @throws OnnxFormatError when which is known only when it runs.
 */
export function sequenceAt({ source, axis, sizes }: Sequence, draft: Draft): Draft {
  const [, place] = draft.inputs;
  const index = place && constantNumbers(place)?.[0];
  if (index === undefined || index < 0) {
    throw new OnnxFormatError(
      `SequenceAt: the place "${place?.name}" must be known before the graph runs, and counted from 0.`,
    );
  }
  const integers = (...list: number[]) => source.graph.constant(int64(list), 'place');
  if (sizes === undefined) {
    const scalar = source.graph.constant(int64(index), 'place');
    return { ...draft, operator: 'Gather', inputs: [source, scalar], attributes: { axis } };
  }
  const before = (count: number) =>
    typeof sizes === 'number' ? sizes * count : sizes.slice(0, count).reduce((a, b) => a + b, 0);
  const bounds = [integers(before(index)), integers(before(index + 1)), integers(axis)];
  return { ...draft, operator: 'Slice', inputs: [source, ...bounds], attributes: {} };
}
