import { GraphError } from '../errors.js';
import { readString } from '../graph/attributes.js';
import { broadcast, type Dimension, describeShape } from '../graph/shape.js';
import { input, type NodeDraft, type ShapeRule } from './rule.js';

/** The indices of an `Einsum`, one letter an axis. */
export interface EinsumTerms {
  /** Of each input. A letter that one term has several times takes its diagonal. */
  readonly terms: readonly string[];
  readonly output: string;
}

/**
 * The indices of each input and of the output of an `Einsum`: of `ij,jk->ik` they are `ij`, `jk` and `ik`. The axes for
 * which an ellipsis stands, the last ones of which belong together, get letters that the equation has not.
 *
 * @throws GraphError when the equation does not fit the inputs.
 */
export function einsumTerms({
  attributes,
  name,
  inputs,
}: Pick<NodeDraft, 'attributes' | 'name' | 'inputs'>): EinsumTerms {
  const equation = readString(attributes, 'equation', '').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const written = left.split(',');
  const ranks = written.map((_, i) => inputs[i]?.rank ?? 0);
  const hidden = written.map((term, i) => (ranks[i] as number) - term.replace(ellipsis, '').length);
  const spare = letters.filter((letter) => !equation.includes(letter)).slice(0, Math.max(0, ...hidden));
  const lettered = (term: string, count: number) =>
    term.replace(ellipsis, spare.slice(spare.length - count).join(''));
  const terms = written.map((term, i) => lettered(term, Math.max(0, hidden[i] as number)));
  const all = [...terms.join('')].filter((index) => !spare.includes(index));
  const once = [...new Set(all)].filter((index) => all.indexOf(index) === all.lastIndexOf(index)).sort();
  const inEllipsis = left.includes(ellipsis) ? spare.join('') : '';
  const output = right === undefined ? inEllipsis + once.join('') : lettered(right, spare.length);
  const fits = written.length === inputs.length && terms.every((term, i) => term.length === ranks[i]);
  if (!fits || [...terms, output].join('').includes('.')) {
    const shapes = inputs.map((value) => describeShape(value?.shape)).join(', ');
    throw new GraphError(`Einsum (node "${name}"): "${equation}" does not fit ${shapes}.`);
  }
  const isMade = [...output].every(
    (index, i) => terms.join('').includes(index) && output.indexOf(index) === i,
  );
  if (!isMade || (left.includes(ellipsis) && right?.includes(ellipsis) === false))
    throw new GraphError(`Einsum (node "${name}"): "${equation}" has no such output.`);
  return { terms, output };
}

const ellipsis = '...';
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export const einsum: ShapeRule = (node) => {
  const { terms, output } = einsumTerms(node);
  const sizes = new Map<string, Dimension>();
  for (const [i, term] of terms.entries()) {
    for (const [axis, index] of [...term].entries()) {
      const size = input(node, i).knownShape[axis] as Dimension;
      const [whole] = broadcast([sizes.get(index) ?? 1], [size], `Einsum (node "${node.name}")`);
      sizes.set(index, whole as Dimension);
    }
  }
  return [{ type: input(node, 0).type, shape: [...output].map((index) => sizes.get(index) as Dimension) }];
};
