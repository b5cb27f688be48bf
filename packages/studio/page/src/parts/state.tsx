import type { JobStateName } from '../../../src/views/job-state.ts';

const WORDS: Readonly<Record<JobStateName, string>> = {
  queued: 'queued',
  running: 'running',
  stopped: 'stopped',
  failed: 'failed',
  done: 'done',
};

/** How far something is: a word, and a mark that is not told by its colour alone. */
export function State({ state }: { readonly state: JobStateName }) {
  return (
    <span class={`state ${state}`}>
      <span class="mark" aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
