import { OnnxFormatError } from '../../errors.js';
import { int64 } from '../../tensor.js';
import type { VersionedNode } from '../inline-functions.js';
import type { OpenBody, Reading } from '../reading.js';
import { isValue, type Named } from '../scope.js';
import { apart } from './apart.js';
import { runBody } from './bodies.js';
import { type Flow, knownNumber, single } from './flow.js';
import { stepsLeft } from './limits.js';
import { readFromOutside } from './subgraphs.js';

/**
 * How many steps a `Loop` goes; `undefined` where that is known only when the graph runs. Where a step decides whether there
 * is a next one, what it decides by is computed, and nothing else.
 */
export function stepsOf(reading: Reading, flow: Flow, body: OpenBody): number | undefined {
  const [limit, condition] = [single(flow, 0, 'int64'), single(flow, 1, 'bool')];
  const most = limit ? knownNumber(limit) : Number.POSITIVE_INFINITY;
  const begins = condition ? knownNumber(condition) : 1;
  if (begins === 0 || (most !== undefined && most <= 0)) return 0;
  if (most === undefined || begins === undefined) return undefined;
  const part = behindCondition(body, flow.inputs.length - 2);
  const count = part.goesOn ? most : tried(reading, flow, body, part, most);
  return count === undefined || Number.isFinite(count) ? count : undefined;
}

/** What of a body decides whether there is a next step. */
interface Deciding {
  /** The condition that a step is given is passed on. */
  readonly goesOn: boolean;
  readonly nodes: readonly VersionedNode[];
  /** The states that they read. */
  readonly states: ReadonlySet<number>;
}

function behindCondition({ proto, nodes }: OpenBody, stateCount: number): Deciding {
  const [inputs, outputs] = [proto.input ?? [], proto.output ?? []].map((infos) =>
    infos.map(({ name = '' }) => name),
  ) as [string[], string[]];
  const wanted = new Set([outputs[0] ?? '']);
  const states = new Set<number>();
  const needed = new Set<VersionedNode>();
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const one of nodes.toReversed()) {
      if (!(one.node.output ?? []).some((output) => output !== '' && wanted.has(output))) continue;
      needed.add(one);
      for (const input of [...(one.node.input ?? []), ...readFromOutside(one.node)]) wanted.add(input);
    }
    for (let i = 0; i < stateCount; i++) {
      if (!wanted.has(inputs[2 + i] ?? '')) continue;
      states.add(i);
      wanted.add(outputs[1 + i] ?? '');
    }
  }
  const isPassed = [...needed].every(({ node }) => node.opType === 'Identity' && !node.domain);
  return {
    goesOn: isPassed && wanted.has(inputs[1] ?? '') && states.size === 0,
    nodes: nodes.filter((one) => needed.has(one)),
    states,
  };
}

/** Carries out what decides, step by step, in a graph that is thrown away. */
function tried(
  reading: Reading,
  flow: Flow,
  body: OpenBody,
  { nodes, states }: Deciding,
  most: number,
): number | undefined {
  const { proto } = body;
  const place = apart(reading, flow.what, false).reading;
  const outputs = (proto.output ?? []).map((info, i) => (i === 0 || states.has(i - 1) ? info : { name: '' }));
  const part: OpenBody = {
    ...body,
    nodes,
    proto: { ...proto, output: outputs.filter(({ name }) => name !== '') },
  };
  const left = stepsLeft(reading, proto);
  const number = (i: number) => place.graph.constant(int64(i), 'iteration');
  const truth = place.graph.constant({ type: 'bool', dims: [], data: Uint8Array.of(1) }, 'condition');
  let given = flow.inputs.slice(2).map((one) => (isValue(one) ? place.adopt(one) : one)) as Named[];
  for (let i = 0; i < Math.min(most, left + 1); i++) {
    const [next, ...after] = runBody(place, flow, part, {
      given: [number(i), truth, ...given],
      prefix: `${i}/`,
    });
    if (!isValue(next) || next.type !== 'bool')
      throw new OnnxFormatError(`${flow.what}: the condition that its body makes is no truth value.`);
    const goesOn = knownNumber(next);
    if (goesOn === undefined) return undefined;
    if (goesOn === 0) return i + 1;
    const asked = [...states].sort((a, b) => a - b);
    given = given.map((one, k) => (states.has(k) ? (after[asked.indexOf(k)] as Named) : one));
  }
  return most;
}
