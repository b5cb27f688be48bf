import { expect, it } from 'vitest';
import { systemRefusal } from '../../../src/cli/system-refusal.js';
import { UserError } from '../../../src/errors.js';
import { JobFailure } from '../../../src/runs/jobs/job-failure.js';
import { fromSent, toSent } from '../../../src/runs/jobs/sent-error.js';
import { plannedJob } from '../store/jobs.js';

/** As it goes between processes. */
const sent = (error: unknown) => fromSent(JSON.parse(JSON.stringify(toSent(error))));
const named = (error: Error) => new JobFailure(plannedJob('a', 1), error).called(() => 'cka, seed 1');

it('an error of another process is of the same kind, and keeps its trace', () => {
  expect(sent(new UserError('no luck'))).toBeInstanceOf(UserError);
  const bug = new TypeError('a bug');
  expect(sent(bug)).toMatchObject({ message: 'a bug', stack: bug.stack });
  expect(sent(bug)).not.toBeInstanceOf(UserError);
  expect(sent('text').message).toBe('text');
});

it.each([
  [Object.assign(new Error('write'), { code: 'ENOSPC' }), 'cka, seed 1: write. Make room on the disk'],
  [
    new RangeError('Array buffer allocation failed'),
    'cka, seed 1: Array buffer allocation failed. Free memory',
  ],
])('what the system refused a job is told in one line, without a trace: %s', (error, told) => {
  const text = systemRefusal(named(sent(error)));
  expect(text).toContain(told);
  expect(text).not.toContain('\n');
});
