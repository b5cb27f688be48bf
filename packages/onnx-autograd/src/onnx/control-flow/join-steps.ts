import type { Value } from '../../graph/value.js';
import { int64 } from '../../tensor.js';
import { applyFolded } from '../fold-constants.js';
import type { Reading } from '../reading.js';
import type { Flow } from './flow.js';

/** What the steps of a loop made, one behind the other along a new axis. */
export function joinSteps(
  { graph }: Reading,
  { prefix }: Flow,
  elements: readonly Value[],
  { name = '', axis }: { readonly name: string | undefined; readonly axis: number },
): Value {
  const along = graph.constant(int64([axis]), `${prefix}axis`);
  const wanted = graph.uniqueName(`${prefix}steps`);
  graph.release(name);
  const add = (operator: string, inputs: readonly Value[], output: string) =>
    applyFolded(
      graph,
      { operator, inputs, attributes: operator === 'Concat' ? { axis } : {} },
      { name: `${prefix}${operator}`, outputs: [output || wanted] },
    )[0] as Value;
  const [only, ...others] = elements;
  if (only !== undefined && others.length === 0) return add('Unsqueeze', [only, along], name);
  const parts = elements.map((one) => add('Unsqueeze', [one, along], graph.uniqueName(`${prefix}step`)));
  return add('Concat', parts, name);
}
