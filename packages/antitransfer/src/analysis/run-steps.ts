import { setImmediate } from 'node:timers/promises';

/**
 * Carries work out that stops after each of its steps.
 *
 * @param pause called after each step, with what it tells; what it throws ends the work
 */
export async function runSteps<Step, Result>(
  steps: Generator<Step, Result, void>,
  pause: (told: Step) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause(step.value);
  }
}

/**
 * Lets others work.
 *
 * @throws the signal's reason when it aborts
 */
export async function giveWay(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
