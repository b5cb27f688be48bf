import { gather, reshape, transpose } from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { sizeAt, type Value } from '../graph/value.js';
import { padAmounts } from '../shapes/layout.js';
import { int64 } from '../tensor.js';
import { type Draft, first } from './draft.js';

/** `Pad` with mode `wrap` of opset 19: behind the last element of an axis comes the first again. */
export function wrapped(draft: Draft): Draft {
  const amounts = padAmounts(draft);
  if (amounts === undefined) {
    throw new OnnxFormatError('Pad with mode "wrap": its amounts must be known before the graph runs.');
  }
  const all = [...amounts.begin, ...amounts.end];
  if (all.some((amount) => amount < 0)) {
    throw new OnnxFormatError(
      `Pad with mode "wrap": its amounts are ${all}; none may crop. Slice before it.`,
    );
  }
  const x = first(draft);
  const made = x.knownShape.reduce<Value>((part, _, axis) => {
    const [before, after] = [amounts.begin[axis] ?? 0, amounts.end[axis] ?? 0];
    if (before === 0 && after === 0) return part;
    const length = sizeAt(x, axis);
    const places = Array.from(
      { length: before + length + after },
      (_, i) => (((i - before) % length) + length) % length,
    );
    return gather(part, x.graph.constant(int64(places), 'places'), axis);
  }, x);
  return { ...draft, operator: 'Identity', inputs: [made], attributes: {} };
}

/** `SpaceToDepth` with mode `CRD` of opset 28: the place in the block comes behind the channel. */
export function channelsFirst(draft: Draft): Draft {
  const x = first(draft);
  const block = readInt(draft.attributes, 'blocksize', 1);
  const channels = sizeAt(x, 1);
  const [height, width] = [2, 3].map((axis) => sizeAt(x, axis) / block) as [number, number];
  const split = reshape(x, [-1, channels, height, block, width, block]);
  const sizes = x.graph.constant(int64([-1, channels * block ** 2, height, width]), 'sizes');
  return {
    ...draft,
    operator: 'Reshape',
    inputs: [transpose(split, [0, 1, 3, 5, 2, 4]), sizes],
    attributes: {},
  };
}
