import { expressions } from 'onnx-autograd';
import { defineAggregation, elementwise } from './definition.js';

const { add, exp, log, mul, sum } = expressions;

/** The official code adds this before it takes the logarithm of what may be zero. */
const epsilon = 1e-10;
const power = 0.001;

export const mulComp = defineAggregation(
  'mul-comp',
  'product over channels of the values (none negative: behind a ReLU) to the power of 0.001',
  elementwise((rows) => exp(mul(sum(log(add(rows, epsilon)), [1]), power))),
);
