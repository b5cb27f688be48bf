import { mostUnrolled } from '../../graph/control-flow.js';
import type { Reading } from '../reading.js';
import type { GraphProto } from '../schema.js';
import { nodesIn } from './subgraphs.js';

/** How many steps of a loop may be written out. */
export function stepsLeft({ written }: Reading, body: GraphProto): number {
  return Math.floor((mostUnrolled - written.unrolled) / (nodesIn(body) + 1));
}

/** Counts steps of a loop among what is written out; whether there is room for them. */
export function reserveSteps(reading: Reading, body: GraphProto, count: number): boolean {
  if (count > stepsLeft(reading, body)) return false;
  reading.written.unrolled += count * (nodesIn(body) + 1);
  return true;
}
