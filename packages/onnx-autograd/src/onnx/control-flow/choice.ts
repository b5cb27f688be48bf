import { OnnxFormatError } from '../../errors.js';
import type { Reading } from '../reading.js';
import { checkCount, openBody, runBody } from './bodies.js';
import { type Flow, graphIn, knownNumber, type Results, single } from './flow.js';

/** The branch of an `If` whose condition is known, in its place; `undefined` where it is not known. */
export function takeBranch(reading: Reading, flow: Flow): Results | undefined {
  const decides = single(flow, 0, 'bool');
  if (decides === undefined) throw new OnnxFormatError(`${flow.what}: its condition is missing.`);
  const condition = knownNumber(decides);
  if (condition === undefined) return undefined;
  const branch = graphIn(flow, condition === 0 ? 'else_branch' : 'then_branch');
  checkCount(flow, branch.output?.length ?? 0);
  const asked = flow.outputs.map((output) => reading.scope.nameOf(output));
  const body = openBody(reading, flow, branch);
  return runBody(reading, flow, body, { given: [], prefix: flow.prefix, asked, once: true });
}
