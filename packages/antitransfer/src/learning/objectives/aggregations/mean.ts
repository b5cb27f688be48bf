import { expressions } from 'onnx-autograd';
import { defineAggregation, elementwise } from './definition.js';

export const mean = defineAggregation(
  'mean',
  'mean over channels',
  elementwise((rows) => expressions.mean(rows, [1])),
);
