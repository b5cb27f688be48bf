import { sum } from '../numbers/mean.js';
import type { RunResult } from './results.js';

/**
 * Accuracy on the test clips that go with the confound of the training set, where there is one and there are such clips: what
 * the shortcut is worth to whoever takes it.
 */
export function agreeingAccuracy({ test, tasks }: Pick<RunResult, 'test' | 'tasks'>): number | undefined {
  const { accuracy, contradicting } = test;
  // The first task is what is confounded: each test clip has a label of it.
  const clips = sum((tasks[0]?.groups ?? []).map(({ count }) => count));
  if (contradicting === undefined || clips <= contradicting.count) return undefined;
  const right = accuracy * clips - contradicting.accuracy * contradicting.count;
  return Math.min(1, Math.max(0, right / (clips - contradicting.count)));
}
