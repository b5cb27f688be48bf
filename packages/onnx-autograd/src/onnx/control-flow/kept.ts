import { bodyOf } from '../../building/scan.js';
import { GraphError, OnnxFormatError } from '../../errors.js';
import type { Body } from '../../graph/attributes.js';
import { whyKept } from '../../graph/control-flow.js';
import { type Dimension, normaliseAxis, type Shape } from '../../graph/shape.js';
import type { Value, ValueType } from '../../graph/value.js';
import { readAttributes } from '../read-values.js';
import type { Reading } from '../reading.js';
import { isValue } from '../scope.js';
import { apart, sizeAround, sizesWithin } from './apart.js';
import { checkCount, checkGiven, openBody, runBody } from './bodies.js';
import { type Flow, graphIn, plainAttributes, type Results } from './flow.js';
import { checkStates, likeInput, stepInputs, tensorOf } from './loop.js';
import { readScan } from './scan.js';

// Nodes of control flow that stay as they are, and that ONNX Runtime carries out. What is within them is brought to opset
// 17 like all else, in a graph of its own.

/** A graph within a node that stays there. */
interface Kept {
  readonly body: Body;
  /** What it reads from around it. */
  readonly outer: readonly Value[];
  /** What it makes. */
  readonly made: readonly ValueType[];
}

/** An `If` that runs one of its branches when the graph runs. */
export function keepChoice(reading: Reading, flow: Flow): Results {
  const branches = ['then_branch', 'else_branch'] as const;
  const [yes, no] = branches.map((name) => keepBody(reading, flow, name, [])) as [Kept, Kept];
  for (const { made } of [yes, no]) checkCount(flow, made.length);
  const types = flow.outputs.map((output, i): ValueType => {
    const [a, b] = [yes.made[i], no.made[i]] as [ValueType, ValueType];
    if (a.type !== b.type)
      throw new OnnxFormatError(
        `${flow.what}: its output "${output}" is ${a.type} in one branch, ${b.type} in the other.`,
      );
    return { type: a.type, shape: common(reading.scope.nameOf(output), a.shape, b.shape) };
  });
  return addKept(reading, flow, { then_branch: yes, else_branch: no }, types);
}

/** The shape that is right whichever of two is. */
function common(name: string, a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a === undefined || b?.length !== a.length) return undefined;
  return a.map((size, axis) => (size === b[axis] ? size : `${name}_${axis}`));
}

/** A `Loop` whose number of steps is seen when the graph runs. */
export function keepLoop(reading: Reading, flow: Flow): Results {
  const proto = graphIn(flow, 'body');
  const starts = asItIs(flow, () =>
    flow.inputs.slice(2).map((state) => tensorOf({ what: 'a state' }, state)),
  );
  checkGiven(flow, proto, [...stepInputs, ...starts]);
  const given = stepInputs.map(({ type }, i) => ({
    type,
    shape: likeInput({ type, dims: [], data: Uint8Array.of() }, proto, i).dims,
  }));
  // A state may be of another shape after a step: what is known of it is what each step leaves as it is.
  let states: ValueType[] = starts;
  let kept = keepBody(reading, flow, 'body', [...given, ...states]);
  const after = (i: number) => kept.made[1 + i]?.shape;
  const changes = () => states.findIndex(({ shape }, i) => shape && shape.join() !== after(i)?.join());
  while (changes() >= 0) {
    const at = changes();
    states = states.map(({ type, shape }, i) => ({ type, shape: i === at ? undefined : shape }));
    kept = keepBody(reading, flow, 'body', [...given, ...states]);
  }
  checkStates(flow, starts, kept.made.slice(1));
  const elements = kept.made.slice(1 + states.length);
  const types = flow.outputs.map((output, i): ValueType => {
    const state = states[i];
    if (state) return state;
    const { type, shape } = elements[i - states.length] as ValueType;
    return { type, shape: shape && [`${reading.scope.nameOf(output)}_0`, ...shape] };
  });
  return addKept(reading, flow, { body: kept }, types);
}

/** A `Scan` whose sequences have a length that is seen when the graph runs. */
export function keepScan(reading: Reading, flow: Flow): Results {
  const { states, sequences, made, length } = readScan(flow);
  const elements = sequences.map(({ value: { type, shape }, axis }): ValueType => {
    const along = shape && normaliseAxis(axis, shape.length, flow.what);
    return { type, shape: shape?.filter((_, i) => i !== along) };
  });
  const kept = keepBody(reading, flow, 'body', [...states, ...elements]);
  checkStates(flow, states, kept.made);
  const types = flow.outputs.map((output, i): ValueType => {
    const state = states[i];
    if (state) return { type: state.type, shape: state.shape };
    const { type, shape } = kept.made[i] as ValueType;
    if (shape === undefined) return { type, shape };
    const along = normaliseAxis(made[i - states.length]?.axis ?? 0, shape.length + 1, flow.what);
    return { type, shape: shape.toSpliced(along, 0, length ?? `${reading.scope.nameOf(output)}_${along}`) };
  });
  return addKept(reading, flow, { body: kept }, types);
}

/** Reads a graph within a node into one of its own. */
function keepBody(reading: Reading, flow: Flow, attribute: string, given: readonly ValueType[]): Kept {
  const proto = graphIn(flow, attribute);
  const body = openBody(reading, flow, proto);
  const { reading: inside, standIns } = apart(reading, `${flow.prefix}${attribute}`, true);
  const { graph } = inside;
  const inputs = given.map(({ type, shape }, i) =>
    graph.input(proto.input?.[i]?.name || 'input', sizesWithin(shape), type),
  );
  const made = asItIs(flow, () => {
    const results = runBody(inside, flow, body, { given: inputs, prefix: '', once: flow.operator === 'If' });
    return results.map((result) => tensorOf({ what: 'a result' }, result));
  });
  const outside = [...standIns].filter(([, inner]) => inner.data === undefined);
  const whole = bodyOf(
    graph,
    outside.map(([, inner]) => inner),
    made,
  );
  const read = new Set(whole.nodes.flatMap((node) => node.inputs));
  const used = outside.filter(([, inner]) => read.has(inner.name));
  const told = new Set([...used.map(([value]) => value), ...given].flatMap(({ shape }) => shape ?? []));
  const own = (size: Dimension, i: number, axis: number) => {
    if (typeof size === 'number') return size;
    const around = sizeAround(size);
    return around !== undefined && told.has(around) ? around : `${flow.prefix}${attribute}/${i}_${axis}`;
  };
  const types = made.map(({ type, shape }, i) => ({
    type,
    shape: shape?.map((size, axis) => own(size, i, axis)),
  }));
  return {
    body: {
      ...whole,
      inputs: whole.inputs.map((one, i) =>
        // ONNX Runtime wants to be told of these that they are one number.
        flow.operator === 'Loop' && i < 2 ? { ...one, dims: given[i]?.shape as number[] } : one,
      ),
      outputs: whole.outputs.map((one, i) => {
        // Of a loop of no steps it takes the axes of what each would have made from here.
        const dims = flow.operator === 'Loop' && i >= given.length - 1 ? types[i]?.shape : undefined;
        return dims ? { ...one, dims } : one;
      }),
      outer: used.map(([, { name }]) => name),
      nodes: whole.nodes.filter(
        ({ operator, outputs }) => operator !== 'Constant' || outputs.some((output) => read.has(output)),
      ),
    },
    outer: used.map(([value]) => value),
    made: types,
  };
}

/** @throws OnnxFormatError that says why the node stays, too, when what is within it cannot. */
function asItIs<T>(flow: Flow, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof GraphError) && !(cause instanceof OnnxFormatError)) throw cause;
    const { what, operator } = flow;
    const inputs = flow.inputs.map((input) => (isValue(input) ? input : undefined));
    const attributes = readAttributes(plainAttributes(flow), operator);
    const { why, hint } = whyKept({ operator, inputs, attributes });
    throw new OnnxFormatError(
      `${what}: ${why}, and it cannot stay as it is: ${cause.message} ${hint}`.trimEnd(),
      { cause },
    );
  }
}

/** Adds the node to the graph, with the graphs within it. */
function addKept(
  { graph, scope, files }: Reading,
  flow: Flow,
  bodies: Readonly<Record<string, Kept>>,
  types: readonly ValueType[],
): Results {
  const own = flow.inputs.map((input) => input && tensorOf(flow, input));
  // Optional inputs that are left out have a place all the same, so that what is read from around is behind them.
  while (flow.operator === 'Loop' && own.length < 2) own.push(undefined);
  const names = flow.outputs.map((output) => scope.nameOf(output));
  for (const name of names) graph.release(name);
  return graph.applyAll(
    flow.operator,
    [...own, ...Object.values(bodies).flatMap(({ outer }) => outer)],
    {
      ...readAttributes(plainAttributes(flow), flow.operator, files),
      ...Object.fromEntries(Object.entries(bodies).map(([name, { body }]) => [name, { body }])),
    },
    { name: scope.prefix + (flow.node.name || flow.operator), outputs: names, told: () => types },
  );
}
