import { OnnxFormatError } from '../../errors.js';
import type { Value, ValueType } from '../../graph/value.js';
import { int64, type Tensor } from '../../tensor.js';
import type { Reading } from '../reading.js';
import type { GraphProto } from '../schema.js';
import { isValue, type Named } from '../scope.js';
import { checkCount, checkGiven, openBody, runBody } from './bodies.js';
import { type Flow, graphIn, type Results } from './flow.js';
import { joinSteps } from './join-steps.js';
import { reserveSteps } from './limits.js';
import { stepsOf } from './trip-count.js';

/** A `Loop` whose number of steps is known, step by step; `undefined` where it is not, or where they are too many. */
export function unrollLoop(reading: Reading, flow: Flow): Results | undefined {
  const proto = graphIn(flow, 'body');
  const starts = flow.inputs.slice(2);
  const made = (proto.output?.length ?? 0) - 1 - starts.length;
  if (made < 0)
    throw new OnnxFormatError(
      `${flow.what}: its body has ${proto.output?.length ?? 0} outputs; a condition and ${starts.length} states are due.`,
    );
  checkCount(flow, starts.length + made);
  const body = openBody(reading, flow, proto);
  checkGiven(flow, proto, [...stepInputs, ...starts]);
  const count = stepsOf(reading, flow, body);
  if (count === undefined || (count === 0 && made > 0)) return undefined;
  if (!reserveSteps(reading, proto, count)) return undefined;
  const { graph } = reading;
  const truth = graph.constant(likeInput(yes, proto, 1), `${flow.prefix}condition`);
  const iteration = (i: number) =>
    graph.constant(likeInput(int64(i), proto, 0), `${flow.prefix}${i}/iteration`);
  let states = starts as Named[];
  const elements: Value[][] = Array.from({ length: made }, () => []);
  const names = flow.outputs.map((output) => reading.scope.nameOf(output));
  for (let i = 0; i < count; i++) {
    const results = runBody(reading, flow, body, {
      given: [iteration(i), truth, ...states],
      prefix: `${flow.prefix}${i}/`,
      asked: i === count - 1 ? [undefined, ...names.slice(0, states.length)] : [],
    });
    checkStates(flow, states, results.slice(1));
    states = results.slice(1, 1 + states.length);
    for (const [k, list] of elements.entries()) list.push(tensorOf(flow, results[1 + states.length + k]));
  }
  const joined = elements.map((list, k) =>
    joinSteps(reading, flow, list, { name: names[states.length + k], axis: 0 }),
  );
  return [...states, ...joined];
}

/** What a step hands on is of the type that it was given: a tensor of a type, or a sequence. */
export function checkStates(
  { what }: Flow,
  before: readonly (Named | ValueType)[],
  after: readonly (Named | ValueType | undefined)[],
): void {
  const told = (one: Named | ValueType | undefined) => (one && 'type' in one ? one.type : 'a sequence');
  for (const [i, state] of before.entries()) {
    if (told(state) === told(after[i])) continue;
    throw new OnnxFormatError(
      `${what}: its state ${i} is ${told(state)}, and after a step ${told(after[i])}.`,
    );
  }
}

/** @throws OnnxFormatError when something is a sequence, or is missing. */
export function tensorOf({ what }: Pick<Flow, 'what'>, made: Named | undefined): Value {
  if (isValue(made)) return made;
  throw new OnnxFormatError(`${what}: a tensor is due where it has ${made ? 'a sequence' : 'nothing'}.`);
}

/** What the body of a loop is given beside its states. */
export const stepInputs = [
  { name: 'the number of the step', type: 'int64' },
  { name: 'the condition', type: 'bool' },
] as const;

/** A number in the rank that the body declares for an input. */
export function likeInput(tensor: Tensor, { input = [] }: GraphProto, position: number): Tensor {
  const rank = input[position]?.type?.tensorType?.shape?.dim?.length ?? 0;
  return { ...tensor, dims: rank === 1 ? [1] : [] };
}

const yes: Tensor = { type: 'bool', dims: [], data: Uint8Array.of(1) };
