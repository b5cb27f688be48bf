import { expect, it } from 'vitest';
import { byDemand, demandOf, fits, laneOf } from '../../../src/runs/queue/demand.js';

const demand = { memoryMiB: 700, cores: 2, device: 'cpu' };

it('a lane is named after what its jobs ask for at most, and the name says it again', () => {
  expect(laneOf(demand)).toBe('cpu-2c-1024m');
  expect(demandOf('cpu-2c-1024m')).toEqual({ ...demand, memoryMiB: 1024 });
  expect(laneOf({ ...demand, memoryMiB: 1024 })).toBe('cpu-2c-1024m');
  expect(laneOf({ ...demand, memoryMiB: 1025 })).toBe('cpu-2c-2048m');
  expect(laneOf({ ...demand, memoryMiB: 1 })).toBe('cpu-2c-256m');
  expect(demandOf('after-0123')).toBeUndefined();
});

it.each([
  [{ memoryMiB: 700, cores: 2, devices: ['cpu'] }, true],
  [{ memoryMiB: 699, cores: 2, devices: ['cpu'] }, false],
  [{ memoryMiB: 700, cores: 1, devices: ['cpu'] }, false],
  [{ memoryMiB: 9999, cores: 9, devices: ['cuda'] }, false],
])('what asks for memory, cores and a device fits %o: %s', (capacity, expected) => {
  expect(fits(demand, capacity)).toBe(expected);
});

it('what fewest machines can do is looked for first', () => {
  const lanes = ['cpu-1c-256m', 'cpu-1c-4096m', 'cpu-8c-256m', 'cpu-2c-1024m'];
  expect(lanes.sort(byDemand)).toEqual(['cpu-1c-4096m', 'cpu-2c-1024m', 'cpu-8c-256m', 'cpu-1c-256m']);
});
