import { OnnxFormatError } from '../../errors.js';
import { type Attributes, readInt, readInts } from '../../graph/attributes.js';
import { type Dimension, normaliseAxis } from '../../graph/shape.js';
import type { Value } from '../../graph/value.js';
import { int64 } from '../../tensor.js';
import { applyFolded } from '../fold-constants.js';
import { readAttributes } from '../read-values.js';
import type { Reading } from '../reading.js';
import type { GraphProto } from '../schema.js';
import { isValue } from '../scope.js';
import { checkCount, checkGiven, openBody, runBody } from './bodies.js';
import { type Flow, graphIn, plainAttributes, type Results } from './flow.js';
import { joinSteps } from './join-steps.js';
import { reserveSteps } from './limits.js';
import { checkStates, tensorOf } from './loop.js';

/** A `Scan`, with what its attributes say. */
export interface ScanNode {
  readonly body: GraphProto;
  readonly attributes: Attributes;
  readonly states: readonly Value[];
  readonly sequences: readonly {
    readonly value: Value;
    readonly axis: number;
    readonly backwards: boolean;
  }[];
  /** Of what each step makes. */
  readonly made: readonly { readonly axis: number; readonly backwards: boolean }[];
  /** `undefined` where the sequences have no length that can be told. */
  readonly length: Dimension | undefined;
}

/** A `Scan` over sequences of known length, step by step; `undefined` where it is not known, or the steps are too many. */
export function unrollScan(reading: Reading, flow: Flow): Results | undefined {
  const { body: proto, states: starts, sequences, made, length } = readScan(flow);
  if (typeof length !== 'number' || (length === 0 && made.length > 0)) return undefined;
  if (!reserveSteps(reading, proto, length)) return undefined;
  const body = openBody(reading, flow, proto);
  const parts = sequences.map(({ value, axis, backwards }) => {
    const elements = elementsOf(reading, flow, value, axis, length);
    return backwards ? elements.reverse() : elements;
  });
  const names = flow.outputs.map((output) => reading.scope.nameOf(output));
  const lists: Value[][] = made.map(() => []);
  let states = starts;
  for (let i = 0; i < length; i++) {
    const results = runBody(reading, flow, body, {
      given: [...states, ...parts.map((elements) => elements[i] as Value)],
      prefix: `${flow.prefix}${i}/`,
      asked: i === length - 1 ? names.slice(0, states.length) : [],
    });
    checkStates(flow, states, results);
    states = results.slice(0, states.length) as Value[];
    for (const [k, list] of lists.entries()) list.push(tensorOf(flow, results[states.length + k]));
  }
  const joined = made.map(({ axis, backwards }, k) => {
    const list = lists[k] ?? [];
    return joinSteps(reading, flow, backwards ? list.reverse() : list, {
      name: names[states.length + k],
      axis,
    });
  });
  return [...states, ...joined];
}

/** @throws OnnxFormatError when the node does not fit its body. */
export function readScan(flow: Flow): ScanNode {
  const { what, inputs, opset } = flow;
  if (opset < 9)
    throw new OnnxFormatError(
      `${what}: Scan of opset 8 has another form, which is not read. Export with opset 17.`,
    );
  const body = graphIn(flow, 'body');
  const attributes = readAttributes(plainAttributes(flow), 'Scan');
  const count = readInt(attributes, 'num_scan_inputs', 0);
  const values = inputs.map((input) => {
    if (isValue(input)) return input;
    throw new OnnxFormatError(`${what}: each of its inputs must be a tensor.`);
  });
  const stateCount = values.length - count;
  const madeCount = (body.output?.length ?? 0) - stateCount;
  if (count < 1 || stateCount < 0 || madeCount < 0)
    throw new OnnxFormatError(
      `${what}: ${values.length} inputs, of which ${count} are sequences, and ${body.output?.length ?? 0} outputs of its ` +
        'body do not fit.',
    );
  checkGiven(flow, body, values);
  checkCount(flow, stateCount + madeCount);
  const listed = (name: string, k: number) => readInts(attributes, name)?.[k] ?? 0;
  const sequences = values.slice(stateCount).map((value, k) => ({
    value,
    axis: listed('scan_input_axes', k),
    backwards: listed('scan_input_directions', k) === 1,
  }));
  const made = Array.from({ length: madeCount }, (_, k) => ({
    axis: listed('scan_output_axes', k),
    backwards: listed('scan_output_directions', k) === 1,
  }));
  const states = values.slice(0, stateCount);
  return { body, attributes, states, sequences, made, length: lengthOf(what, sequences) };
}

function lengthOf(what: string, sequences: ScanNode['sequences']): Dimension | undefined {
  const lengths = sequences.map(
    ({ value: { shape }, axis }) => shape?.[normaliseAxis(axis, shape.length, what)],
  );
  const known = lengths.filter((length) => typeof length === 'number');
  if (known.some((length) => length !== known[0]))
    throw new OnnxFormatError(`${what}: its sequences have the lengths ${known.join(', ')}; one is due.`);
  return known[0] ?? lengths[0];
}

/** What each step is given of a sequence. */
function elementsOf(
  { graph }: Reading,
  { prefix }: Flow,
  sequence: Value,
  axis: number,
  length: number,
): Value[] {
  const along = graph.constant(int64([axis]), `${prefix}axis`);
  const sizes =
    length > 1 ? graph.constant(int64(new Array<number>(length).fill(1)), `${prefix}sizes`) : undefined;
  const parts = sizes
    ? graph.applyAll('Split', [sequence, sizes], { axis }, { name: `${prefix}Split`, outputCount: length })
    : [sequence];
  return parts.map(
    (part) =>
      applyFolded(
        graph,
        { operator: 'Squeeze', inputs: [part, along], attributes: {} },
        { name: `${prefix}Squeeze`, outputs: [graph.uniqueName(`${prefix}element`)] },
      )[0] as Value,
  );
}
