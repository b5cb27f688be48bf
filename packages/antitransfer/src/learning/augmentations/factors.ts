import { z } from 'zod';

const factor = z.number().min(0.25).max(4);

/** How much faster samples are made, between two bounds. */
export const factors = {
  slowest: factor.default(0.9).describe('The slowest, as a factor; all between are equally likely'),
  fastest: factor.default(1.1).describe('The fastest, as a factor'),
};
