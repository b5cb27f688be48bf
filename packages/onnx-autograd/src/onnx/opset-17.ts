import { OnnxFormatError } from '../errors.js';
import type { Attributes, Value } from '../graph/graph.js';
import { normaliseAxis } from '../graph/shape.js';
import { int64, toNumbers } from '../tensor.js';

/** Inputs and attributes of a node. */
export interface Operands {
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
}

/**
 * Graphs are kept in the form of opset 17. From opset 18 on, two reductions take their axes as an input where they were
 * an attribute, and `Pad` can name axes.
 */
export function asInOpset17(operator: string, operands: Operands): Operands {
  const { inputs, attributes } = operands;
  const [x, second, third, fourth] = inputs;
  if ((operator === 'ReduceMean' || operator === 'ReduceMax') && inputs.length > 1) {
    const { noop_with_empty_axes: doNothing, ...others } = attributes;
    const axes = second && constantList(operator, second);
    if (axes?.length) return { inputs: [x], attributes: { ...others, axes } };
    if (doNothing === 1) throw new OnnxFormatError(`${operator} without axes that does nothing is not read.`);
    return { inputs: [x], attributes: others };
  }
  if (operator === 'Pad' && x && second && fourth) {
    const axes = constantList(operator, fourth).map((axis) => normaliseAxis(axis, x.rank, operator));
    const given = constantList(operator, second);
    const amounts = new Array<number>(2 * x.rank).fill(0);
    for (const [i, axis] of axes.entries()) {
      amounts[axis] = given[i] ?? 0;
      amounts[axis + x.rank] = given[i + axes.length] ?? 0;
    }
    const pads = x.graph.initializer(int64(amounts), `${second.name}_all_axes`);
    return { inputs: third ? [x, pads, third] : [x, pads], attributes };
  }
  return operands;
}

function constantList(operator: string, value: Value): number[] {
  if (value.data === undefined) {
    throw new OnnxFormatError(`${operator}: "${value.name}" must be known before the graph runs.`);
  }
  return toNumbers(value.data);
}
