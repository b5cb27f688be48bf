import { expect, it } from 'vitest';
import { memoryFeatures } from '../../../../src/data/features/store/clip-features.js';
import { UserError } from '../../../../src/errors.js';

const shape = [1, 2, 2] as const;

it('features in memory are read in any order, and copied', async () => {
  const features = memoryFeatures(shape, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  expect(features.count).toBe(2);
  const into = new Float32Array(12);
  await features.read([1, 0, 1], into);
  expect([...into]).toEqual([4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
  into.fill(9);
  await features.read([0, 0, 0], into);
  expect([...into.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  await features.read([], new Float32Array(0));
});

it('features in memory are whole rows, and rows are asked for that exist', async () => {
  expect(() => memoryFeatures(shape, new Float32Array(6))).toThrow('1 x 2 x 2 are 4 numbers a clip; got 6');
  const features = memoryFeatures(shape, new Float32Array(8));
  await expect(features.read([2], new Float32Array(4))).rejects.toThrow(UserError);
  await expect(features.read([0], new Float32Array(8))).rejects.toThrow(UserError);
});
