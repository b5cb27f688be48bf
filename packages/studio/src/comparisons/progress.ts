import type { JobState, StoredEvent } from 'antitransfer/runs';
import type { JobView } from '../views/comparison.js';
import { type JobStateName, jobStates } from '../views/job-state.js';

/** How much of a job is done by its events, in [0, 1]. */
export function partDone(state: JobStateName, events: readonly StoredEvent[]): number {
  if (state === 'done') return 1;
  const last = events.findLast(({ event }) => ['batch', 'epoch', 'probing'].includes(event.kind))?.event;
  if (last?.kind === 'batch') return (last.epoch - 1 + last.batch / last.batches) / last.epochs;
  if (last?.kind === 'epoch') return last.metrics.epoch / last.epochs;
  if (last?.kind === 'probing') return last.done / last.total;
  return 0;
}

/** Where a training is within its epoch; `undefined` before its first step, and when it does not train. */
export function stepOf(state: JobStateName, events: readonly StoredEvent[]): JobView['step'] {
  const last = events.findLast(({ event }) => event.kind === 'batch' || event.kind === 'epoch')?.event;
  if (state !== 'running' || last?.kind !== 'batch') return undefined;
  const { kind: _, ...step } = last;
  return step;
}

/** Who is at a job, or what went wrong; `undefined` where there is nothing to say. */
export function messageOf(state: JobState): string | undefined {
  if (state.state === 'running') return `process ${state.pid} on ${state.host}`;
  return state.state === 'failed' ? state.message : undefined;
}

/**
 * What a comparison is called by the states of its jobs.
 *
 * @param isHeld whether a process is at it: then what waits is not given up
 */
export function overallState(states: readonly JobStateName[], isHeld: boolean): JobStateName {
  if (states.length > 0 && states.every((state) => state === 'done')) return 'done';
  const found = jobStates.find((name) => name !== 'done' && states.includes(name)) ?? 'queued';
  const hasBegun = found !== 'queued' || states.includes('done');
  if (isHeld && hasBegun) return 'running';
  return found === 'queued' && hasBegun ? 'stopped' : found;
}
