import { expressions } from 'onnx-autograd';
import { defineAggregation, elementwise } from './definition.js';

export const sum = defineAggregation(
  'sum',
  'sum over channels',
  elementwise((rows) => expressions.sum(rows, [1])),
);
