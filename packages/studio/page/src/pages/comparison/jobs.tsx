import type { ComparisonView, JobView } from '../../../../src/views/comparison.ts';
import type { JobStateName } from '../../../../src/views/job-state.ts';
import { Scroll } from '../../parts/scroll.tsx';
import { State } from '../../parts/state.tsx';

/** What somebody is at or waits for comes first; what is done is folded away. */
const ORDER: readonly JobStateName[] = ['running', 'failed', 'stopped', 'queued'];

/** Every job: how far it is, and what went wrong. */
export function Jobs({ view: { jobs } }: { readonly view: ComparisonView }) {
  const open = ORDER.flatMap((state) => jobs.filter((job) => job.state === state));
  const done = jobs.filter(({ state }) => state === 'done');
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">Jobs</h2>
      {open.length > 0 && <Table jobs={open} label="Jobs that are not done" />}
      {done.length > 0 && (
        <details>
          <summary>{done.length === jobs.length ? `All ${done.length} done` : `${done.length} done`}</summary>
          <Table jobs={done} label="Jobs that are done" />
        </details>
      )}
    </section>
  );
}

function Table({ jobs, label }: { readonly jobs: readonly JobView[]; readonly label: string }) {
  return (
    <Scroll label={label}>
      <table class="jobs">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Progress</th>
            <th scope="col">
              Step <small>ms</small>
            </th>
            <th scope="col">Loss</th>
            <th scope="col">Says</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ job: { name, state, part, step, message } }: { readonly job: JobView }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <State state={state} />
      </td>
      <td>
        {state !== 'queued' && state !== 'done' && (
          <progress value={part} max={1} aria-label={`How much of ${name} is done`} />
        )}{' '}
        {step && `epoch ${step.epoch} of ${step.epochs}, step ${step.batch} of ${step.batches}`}
      </td>
      <td>{step?.milliseconds.toFixed(0)}</td>
      <td>{step?.crossEntropy?.toFixed(3)}</td>
      <td class="says">{message}</td>
    </tr>
  );
}
