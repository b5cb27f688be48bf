import { Random } from 'onnx-autograd/random';
import { expect, it } from 'vitest';
import { simulateQueue } from '../../src/bench/queue-simulation.js';

const load = {
  workers: 1,
  jobSeconds: 1,
  commandsPerJob: 4,
  serviceSeconds: 0.001,
  roundTripSeconds: 0.005,
  localSeconds: 0.176,
  backgroundPerSecond: 0,
};

it('one worker loses what a job takes besides', () => {
  // 4 x (1 + 5) + 176 = 200 ms of 1200.
  expect(simulateQueue(load, new Random(1)).efficiency).toBeCloseTo(1 / 1.2, 1);
});

it('the database bounds what many workers come to: 250 jobs a second', () => {
  const { efficiency, databaseBusy } = simulateQueue({ ...load, workers: 1000 }, new Random(1));
  expect(databaseBusy).toBeCloseTo(1, 2);
  expect(1000 * efficiency).toBeGreaterThan(240);
  expect(1000 * efficiency).toBeLessThan(260);
});

it('signs of life take their part of the database', () => {
  const alive = simulateQueue(
    { ...load, workers: 1000, jobSeconds: 600, backgroundPerSecond: 0.5 },
    new Random(1),
  );
  // 500 signs a second of a millisecond each, and 1.7 jobs.
  expect(alive.databaseBusy).toBeCloseTo(0.507, 2);
});

it('long jobs hide what they take besides', () => {
  const { efficiency } = simulateQueue({ ...load, workers: 100, jobSeconds: 600 }, new Random(1));
  expect(efficiency).toBeGreaterThan(0.999);
});
