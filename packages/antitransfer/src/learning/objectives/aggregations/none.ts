import { defineAggregation, elementwise } from './definition.js';

export const none = defineAggregation(
  'none',
  'maps as they are',
  elementwise((rows) => rows),
);
