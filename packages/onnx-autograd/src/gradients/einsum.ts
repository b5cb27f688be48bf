import { expand, gather, reshape, shape, unsqueeze, where } from '../building/expressions.js';
import { sizeAt, type Value } from '../graph/value.js';
import { einsumTerms } from '../shapes/einsum.js';
import { int64 } from '../tensor.js';
import { type GradientRule, required } from './rule.js';

/**
 * The sum over all indices is symmetric in output and inputs: the gradient of an input is an `Einsum` of `dy` and the
 * other inputs. An index that stands in one input alone is summed there: its gradient is the same along it.
 */
export const einsum: GradientRule = (context) => {
  const { terms, output } = einsumTerms(context.node);
  return terms.map((term, i) => {
    if (!context.wants(i)) return undefined;
    const x = required(context, i);
    const others = terms.flatMap((other, k) =>
      k === i ? [] : [{ term: other, value: required(context, k) }],
    );
    const elsewhere = new Set([output, ...others.map((other) => other.term)].join(''));
    const own = [...new Set(term)];
    const kept = own.filter((index) => elsewhere.has(index)).join('');
    const equation = `${[output, ...others.map((other) => other.term)].join(',')}->${kept}`;
    const found = context.graph.apply('Einsum', [context.dy, ...others.map(({ value }) => value)], {
      equation,
    });
    const lost = own.flatMap((index, axis) => (elsewhere.has(index) ? [] : [axis]));
    return onDiagonals(alongOwnAxes(lost.length > 0 ? unsqueeze(found, lost) : found, x, term), x, term);
  });
};

/** The axes at which each letter of a term stands first. */
function firstAxes(term: string): number[] {
  return [...term].flatMap((index, axis) => (term.indexOf(index) === axis ? [axis] : []));
}

/** The same along the axes of x of which the sum saw nothing, or the one element of another input. */
function alongOwnAxes(gradient: Value, x: Value, term: string): Value {
  const axes = firstAxes(term);
  const isShort = axes.some((axis, i) => gradient.knownShape[i] === 1 && x.knownShape[axis] !== 1);
  if (!isShort) return gradient;
  const sizes = shape(x);
  return expand(
    gradient,
    axes.length === term.length ? sizes : gather(sizes, x.graph.constant(int64(axes), 'axes'), 0),
  );
}

/** The sum saw only the diagonal of axes with the same letter: nothing reaches the rest. */
function onDiagonals(gradient: Value, x: Value, term: string): Value {
  const first = firstAxes(term);
  const later = [...term].flatMap((_, axis) => (first.includes(axis) ? [] : [axis]));
  if (later.length === 0) return gradient;
  return later.reduce(
    (whole, axis) => where(diagonal(x, term.indexOf(term[axis] as string), axis), whole, 0),
    unsqueeze(gradient, later),
  );
}

/** Whether the places along two axes are the same, with one element along all others. */
function diagonal(x: Value, first: number, second: number): Value {
  const size = sizeAt(x, first);
  const along = (axis: number) =>
    reshape(
      x.graph.constant(int64(Array.from({ length: size }, (_, i) => i)), 'places'),
      x.knownShape.map((_, i) => (i === axis ? size : 1)),
    );
  return x.graph.apply('Equal', [along(first), along(second)]);
}
