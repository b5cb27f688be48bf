import { add } from '../building/expressions.js';
import type { GradientContext, GradientRule } from '../gradients/rule.js';
import { readInt, readInts } from '../graph/attributes.js';
import { elementsPerSample } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { isOperator } from '../operators/catalogue.js';
import { everyGradient, everySample } from './samples.js';
import { waitFor } from './wait-for.js';

/**
 * Into how many parts the batch is divided for the gradient of each convolution's weights: the large ones into `parts`.
 */
export function partsOf(path: readonly Node[], parts: number): (node: Node) => number {
  const size = ({ inputs, outputs }: Node) =>
    elementsPerSample(inputs[0]?.shape) + elementsPerSample(outputs[0]?.shape);
  const largest = Math.max(0, ...path.filter((node) => isOperator(node, 'Conv')).map(size));
  return (node) => {
    const dense =
      readInt(node.attributes, 'group', 1) === 1 &&
      (readInts(node.attributes, 'strides') ?? []).every((stride) => stride === 1);
    return dense && 4 * size(node) >= largest ? parts : 1;
  };
}

/**
 * A convolution's gradients in an order and in pieces that need little memory. Its filter's gradient reads several
 * shifted copies of maps and gradient; in a large layer they are made for a part of the batch at a time, such as every
 * second sample. The gradient of the input waits until all of that is done with.
 *
 * @param readsAgain whether what is made of the input is made again, instead of being kept from the forward pass, where ONNX
 *   Runtime finds the same nodes
 */
export function weightsFirst(
  rule: GradientRule,
  context: GradientContext,
  count: number,
  readsAgain: boolean,
): (Value | undefined)[] {
  const [x, ...weights] = context.inputs;
  const wantsWeights = weights.some((_, i) => context.wants(i + 1));
  let sums: readonly (Value | undefined)[] = [];
  for (let part = 0; wantsWeights && part < count; part++) {
    const done = sums.find((sum) => sum !== undefined);
    const waiting = (value: Value) => (done === undefined ? value : waitFor(value, done));
    const dy = count === 1 ? context.dy : everyGradient(waiting(context.dy), part, count);
    const read = x && readsAgain && part === 0 ? waitFor(x, dy) : x;
    const samples = read && (count === 1 ? read : everySample(waiting(read), part, count));
    const found = rule({
      ...context,
      inputs: [samples, ...weights],
      dy,
      dys: [dy],
      wants: (input) => input > 0 && context.wants(input),
    });
    sums = found.map((value, i) => (value && sums[i] ? add(sums[i] as Value, value) : value));
  }
  if (!context.wants(0)) return [...sums];
  const dy = sums.reduce((waiting: Value, sum) => (sum ? waitFor(waiting, sum) : waiting), context.dy);
  const [input] = rule({ ...context, dy, dys: [dy], wants: (position) => position === 0 });
  return [input, ...sums.slice(1)];
}
