import type { RunRow } from '../../../../src/views/run-list.ts';
import { hrefOf } from '../../address.ts';
import { State } from '../../parts/state.tsx';
import { timeLeftText } from '../../parts/time-left.ts';

/** A comparison in the list. @param level of its heading */
export function Row({ run, level }: { readonly run: RunRow; readonly level: 2 | 3 }) {
  const Heading = level === 2 ? 'h2' : 'h3';
  const done = run.bars.filter(({ state }) => state === 'done').length;
  const left = timeLeftText(run.left);
  return (
    <li>
      <Heading class="name">
        <a href={hrefOf({ page: 'comparison', run: run.id, query: {} })}>{run.id}</a>
      </Heading>
      {run.problem !== undefined ? (
        <p class="problem">{run.problem}</p>
      ) : (
        <>
          <p class="facts">
            <State state={run.state} /> · {run.name} · {done} of {run.bars.length} jobs
            {left !== '' && ` · ${left}`} · <time dateTime={run.changedAt}>{dateText(run.changedAt)}</time>
          </p>
          <Bars bars={run.bars} />
          <p class="verdict-line">{run.verdict ?? 'No answer yet.'}</p>
        </>
      )}
    </li>
  );
}

/** A bar a job; what they say stands above them in words. */
function Bars({ bars }: Pick<RunRow, 'bars'>) {
  return (
    <div class="bars" aria-hidden="true">
      {bars.map((bar, index) => (
        <span
          key={index}
          class={bar.state}
          title={`${bar.name}: ${bar.state}`}
          style={{ '--part': bar.part }}
        />
      ))}
    </div>
  );
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function dateText(iso: string): string {
  return DATE.format(new Date(iso));
}
