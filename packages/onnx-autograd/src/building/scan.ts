import type { Body, BodyNode } from '../graph/attributes.js';
import type { Node, Value } from '../graph/value.js';
import { Graph } from './graph.js';

/** What a loop goes through. */
export interface ScanInputs {
  /** What each step hands to the next, with its first value. */
  readonly states: readonly Value[];
  /** `(steps, ...)`: each step is given its element, without the first axis. */
  readonly sequences: readonly Value[];
  /** What every step is given as it is. */
  readonly outer: readonly Value[];
  /** Begins with the last element. */
  readonly backwards?: boolean;
}

/** What a step is given, in the order of {@link ScanInputs}. */
export interface StepInputs {
  readonly states: readonly Value[];
  readonly elements: readonly Value[];
  readonly outer: readonly Value[];
}

/** What a step makes: the next states, and an element of each of the loop's results. */
export interface StepResults {
  readonly states: readonly Value[];
  readonly elements: readonly Value[];
}

/** What a loop leaves: the last states, and `(steps, ...)` of each of its results, in the order of the sequences. */
export interface ScanResults {
  readonly states: readonly Value[];
  readonly sequences: readonly Value[];
}

/**
 * A loop over the first axis of sequences, as the standard's `Scan`.
 *
 * @param write adds the nodes of one step; it is called once.
 */
export function scan(
  { states, sequences, outer, backwards = false }: ScanInputs,
  write: (given: StepInputs) => StepResults,
): ScanResults {
  const { graph } = [...states, ...sequences][0] as Value;
  const inside = new Graph('step');
  const standIns = (values: readonly Value[], name: string, from: number) =>
    values.map((value, i) => inside.input(`${name}${i}`, value.knownShape.slice(from), value.type));
  const given = {
    states: standIns(states, 'state', 0),
    elements: standIns(sequences, 'element', 1),
    outer: standIns(outer, 'outer', 0),
  };
  const made = write(given);
  const steps = sequences[0]?.knownShape[0] ?? 0;
  const direction = (count: number) => new Array<number>(count).fill(backwards ? 1 : 0);
  const results = graph.applyAll(
    'Scan',
    [...states, ...sequences, ...outer],
    {
      num_scan_inputs: sequences.length,
      scan_input_directions: direction(sequences.length),
      scan_output_directions: direction(made.elements.length),
      body: { body: bodyOf(inside, given.outer, [...made.states, ...made.elements]) },
    },
    {
      outputCount: made.states.length + made.elements.length,
      like: [
        ...states,
        ...made.elements.map(({ type, knownShape }) => ({ type, shape: [steps, ...knownShape] })),
      ],
    },
  );
  return { states: results.slice(0, states.length), sequences: results.slice(states.length) };
}

/** A graph as plain data. What is given or told twice gets a name of its own to be an output. */
export function bodyOf(graph: Graph, outer: readonly Value[], outputs: readonly Value[]): Body {
  const isOwn = (value: Value, i: number) => value.producer !== undefined && outputs.indexOf(value) === i;
  const results = outputs.map((value, i) => (isOwn(value, i) ? value : graph.apply('Identity', [value])));
  const typed = ({ name, type }: Value) => ({ name, type });
  const constants = graph.initializers.map(({ name, data }) => ({
    operator: 'Constant',
    domain: '',
    inputs: [],
    outputs: [name],
    attributes: data ? { value: { tensor: data } } : {},
  }));
  return {
    inputs: graph.inputs.filter((input) => !outer.includes(input)).map(typed),
    outer: outer.map(({ name }) => name),
    nodes: [...constants, ...graph.nodes.map(bodyNode)],
    outputs: results.map(typed),
  };
}

function bodyNode({ operator, domain, inputs, outputs, attributes }: Node): BodyNode {
  return {
    operator,
    domain,
    inputs: inputs.map((input) => input?.name ?? ''),
    outputs: outputs.map(({ name }) => name),
    attributes,
  };
}
