import type { PlannedJob } from '../runs/plan/plan.js';
import type { JobEvent } from '../runs/store/events.js';
import type { JobRecord } from '../runs/store/records.js';
import { percent } from './percent.js';

/** Whether nobody is at the job any longer. */
export function isOver({ kind }: JobEvent): boolean {
  return ['stopped', 'refused', 'tried', 'failed', 'done'].includes(kind);
}

/** Whether a line tells of it: a method's training, and what corrects it, is told of with its test. */
export function isTold({ job }: PlannedJob): boolean {
  return job.kind !== 'target' && job.kind !== 'correction';
}

/** @param before what was done before it, where something was */
export function resultText(record: JobRecord, before: string): string {
  switch (record.kind) {
    case 'orthogonal':
      return `accuracy ${percent(record.accuracy)}${record.given ? '  (given)' : before}`;
    case 'assessment':
      return `test accuracy ${percent(record.accuracy)}${before}`;
    case 'diverged':
      return 'diverged';
    case 'analysis':
      return `analyzed${before}`;
    case 'correction':
      return `corrected${before}`;
    case 'target':
      return `${record.epochs.length} epochs${before}`;
  }
}
