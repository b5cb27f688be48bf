import { expect, test } from 'vitest';
import { giveWay, runSteps } from '../../src/analysis/run-steps.js';

function* counting(steps: number): Generator<number, string, void> {
  for (let step = 1; step <= steps; step++) yield step;
  return `${steps} steps`;
}

test('work is paused after each step, and gives its result', async () => {
  const told: number[] = [];
  const result = await runSteps(counting(3), async (step) => void told.push(step));
  expect(result).toBe('3 steps');
  expect(told).toEqual([1, 2, 3]);
});

test('what aborts between steps ends the work', async () => {
  const controller = new AbortController();
  let last = 0;
  const running = runSteps(counting(1000), (step) => {
    last = step;
    if (step === 2) setImmediate(() => controller.abort(new Error('enough')));
    return giveWay(controller.signal);
  });
  await expect(running).rejects.toThrow('enough');
  expect(last).toBeLessThan(5);
});
