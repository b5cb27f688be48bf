import { useMemo } from 'preact/hooks';
import type { RunListView } from '../../../../src/views/run-list.ts';
import { setQuery } from '../../address.ts';
import { isExport, useAsked } from '../../ask.ts';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { groupRuns, matching, type RunGroup } from './group-runs.ts';
import { Row } from './row.tsx';

export const runsPage: PageDefinition = { name: 'runs', title: 'Comparisons', ofRun: false, View: Runs };

function Runs({ version, query }: PageProps) {
  const asked = useAsked<RunListView>('runs', version);
  return (
    <>
      <h1>Comparisons</h1>
      <Waiting asked={asked}>{(view) => <List view={view} find={query.find ?? ''} />}</Waiting>
    </>
  );
}

function List({ view, find }: { readonly view: RunListView; readonly find: string }) {
  const { runs, refused } = view;
  const groups = useMemo(() => groupRuns(matching(runs, find)), [runs, find]);
  const count = groups.reduce((sum, group) => sum + group.runs.length, 0);
  const running = runs.filter(({ state }) => state === 'running').length;
  if (runs.length === 0)
    return (
      <>
        <p>Nothing was compared in these folders yet. “antitransfer compare” leaves a folder here.</p>
        <Refused refused={refused} />
      </>
    );
  return (
    <>
      <search class="search">
        <label>
          Find{' '}
          <input
            type="search"
            value={find}
            placeholder="name, state or verdict"
            onInput={({ currentTarget }) => setQuery({ find: currentTarget.value })}
          />
        </label>
        {!isExport && (
          <button type="button" onClick={() => setQuery({ follow: 'newest' })}>
            Follow the newest
          </button>
        )}
        <span class="quiet" role="status">
          {count === runs.length ? '' : `${count} of `}
          {runs.length === 1 ? '1 comparison' : `${runs.length} comparisons`}
          {running > 0 && `, ${running} running`}
        </span>
      </search>
      {groups.map((group) => (
        <Group key={group.folder} group={group} isOnly={groups.length === 1} />
      ))}
      <Refused refused={refused} />
    </>
  );
}

function Group({ group: { folder, runs }, isOnly }: { readonly group: RunGroup; readonly isOnly: boolean }) {
  const isTitled = !isOnly || folder !== '';
  return (
    <section>
      {isTitled && (
        <h2 class="folder">
          {folder === '' ? 'Others' : folder} <small>{runs.length}</small>
        </h2>
      )}
      <ul class="runs">
        {runs.map((run) => (
          <Row key={run.id} run={run} level={isTitled ? 3 : 2} />
        ))}
      </ul>
    </section>
  );
}

function Refused({ refused }: Pick<RunListView, 'refused'>) {
  if (refused.length === 0) return null;
  return (
    <section>
      <h2>Not followed</h2>
      <p class="quiet">These are links out of the folders that the studio was given:</p>
      <ul class="refused">
        {refused.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </section>
  );
}
