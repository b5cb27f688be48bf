import { OnnxFormatError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { Value } from '../graph/value.js';
import { constantNumbers } from '../shapes/rule.js';
import { int64 } from '../tensor.js';
import { type Draft, first } from './draft.js';

/** What `SplitToSequence` makes: parts of a tensor, each of which is cut out where it is asked for. */
export interface Parts {
  readonly source: Value;
  readonly axis: number;
  /** The size of all parts but perhaps the last, or that of each; 1, and without the axis, when absent. */
  readonly sizes?: number | readonly number[];
}

/** Values one behind the other, as loops collect what their steps make. */
export interface List {
  readonly elements: readonly Value[];
}

/** Of a sequence it is known before the graph runs what is in it: it is no value of the graph. */
export type Sequence = Parts | List;

/** What a node is given: no value where an input is absent. */
type Given = readonly (Value | Sequence | undefined)[];

function isList(given: Given[number]): given is List {
  return given !== undefined && !(given instanceof Value) && 'elements' in given;
}

/**
 * The sequence that a node makes; `undefined` where it makes a tensor, or a sequence that is not known.
 *
 * @throws OnnxFormatError when the sizes of parts, or the place of an element, are known only when it runs.
 */
export function makeSequence(draft: Draft, given: Given): Sequence | undefined {
  const [sequence] = given;
  switch (draft.operator) {
    case 'SplitToSequence':
      return splitToSequence(draft);
    case 'SequenceEmpty':
      return { elements: [] };
    case 'SequenceConstruct':
      return { elements: given.filter((one) => one instanceof Value) };
    case 'Identity':
      return sequence instanceof Value ? undefined : sequence;
    case 'SequenceInsert': {
      const [, element] = draft.inputs;
      if (!isList(sequence) || element === undefined) return undefined;
      const { elements } = sequence;
      const place = draft.inputs[2] ? placeIn(draft, draft.inputs[2], elements.length + 1) : elements.length;
      return { elements: elements.toSpliced(place, 0, element) };
    }
    case 'SequenceErase': {
      if (!isList(sequence)) return undefined;
      const { elements } = sequence;
      const place = draft.inputs[1] ? placeIn(draft, draft.inputs[1], elements.length) : elements.length - 1;
      return { elements: elements.toSpliced(place, 1) };
    }
    default:
      return undefined;
  }
}

/**
 * The nodes that take a tensor out of a sequence; `undefined` where a node takes none, or the sequence is not known.
 *
 * @throws OnnxFormatError when which is known only when it runs.
 */
export function takeFromSequence(draft: Draft, given: Given): readonly Draft[] | undefined {
  const [sequence] = given;
  if (sequence === undefined || sequence instanceof Value) return undefined;
  if (draft.operator === 'SequenceAt')
    return isList(sequence) ? [elementAt(sequence, draft)] : [partAt(sequence, draft)];
  if (!isList(sequence)) return undefined;
  const [one] = sequence.elements;
  if (draft.operator === 'SequenceLength' && one !== undefined) {
    const count = one.graph.constant(int64(sequence.elements.length), 'length');
    return [{ ...draft, operator: 'Identity', inputs: [count], attributes: {} }];
  }
  return draft.operator === 'ConcatFromSequence' && one !== undefined
    ? [joined(sequence, one, draft)]
    : undefined;
}

function splitToSequence(draft: Draft): Parts {
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

/** The place that an input tells, counted from the back when it is negative. */
function placeIn({ operator }: Draft, value: Value, count: number): number {
  const place = constantNumbers(value)?.[0];
  const fromFront = place !== undefined && place < 0 ? place + count : place;
  if (fromFront !== undefined && fromFront >= 0 && fromFront < count) return fromFront;
  throw new OnnxFormatError(
    place === undefined
      ? `${operator}: the place "${value.name}" must be known before the graph runs.`
      : `${operator}: the place ${place} is none of the ${count} of the sequence.`,
  );
}

function elementAt({ elements }: List, draft: Draft): Draft {
  const [, place] = draft.inputs;
  if (place === undefined) throw new OnnxFormatError('SequenceAt: input 1 is missing.');
  const element = elements[placeIn(draft, place, elements.length)];
  return { ...draft, operator: 'Identity', inputs: [element], attributes: {} };
}

/** All elements in one tensor, along an axis of theirs or a new one. */
function joined({ elements }: List, { graph }: Value, draft: Draft): Draft {
  const axis = readInt(draft.attributes, 'axis', 0);
  const isNew = readInt(draft.attributes, 'new_axis', 0) === 1;
  const along = isNew ? graph.constant(int64([axis]), 'axis') : undefined;
  const inputs = along ? elements.map((one) => graph.apply('Unsqueeze', [one, along])) : elements;
  return { ...draft, operator: 'Concat', inputs, attributes: { axis } };
}

/** A part of a tensor, as a node of its own. */
function partAt({ source, axis, sizes }: Parts, draft: Draft): Draft {
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
