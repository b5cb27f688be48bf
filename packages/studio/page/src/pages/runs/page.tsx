import type { RunListView, RunRow } from '../../../../src/views/run-list.ts';
import { hrefOf } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { State } from '../../parts/state.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';

export const runsPage: PageDefinition = { name: 'runs', title: 'Comparisons', ofRun: false, View: Runs };

function Runs({ version }: PageProps) {
  const asked = useAsked<RunListView>('runs', version);
  return (
    <>
      <h1>Comparisons</h1>
      <Waiting asked={asked}>
        {({ runs }) =>
          runs.length === 0 ? (
            <p>Nothing was compared in these folders yet. “antitransfer compare” leaves a folder here.</p>
          ) : (
            <ul class="runs">
              {runs.map((run) => (
                <Row key={run.id} run={run} />
              ))}
            </ul>
          )
        }
      </Waiting>
    </>
  );
}

function Row({ run }: { readonly run: RunRow }) {
  const done = run.bars.filter(({ state }) => state === 'done').length;
  return (
    <li>
      <h2>
        <a href={hrefOf({ page: 'comparison', run: run.id, query: {} })}>{run.id}</a>
      </h2>
      <p class="facts">
        <State state={run.state} /> {done} of {run.bars.length} jobs
      </p>
      <div class="bars" aria-hidden="true">
        {run.bars.map((bar, index) => (
          <span
            key={index}
            class={bar.state}
            title={`${bar.name}: ${bar.state}`}
            style={{ '--part': bar.part }}
          />
        ))}
      </div>
      <p class="verdict-line">{run.problem ?? run.verdict ?? 'No answer yet.'}</p>
    </li>
  );
}
