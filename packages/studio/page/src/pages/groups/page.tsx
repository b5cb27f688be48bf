import type { FoundView } from '../../../../src/views/found.ts';
import type { GroupsView } from '../../../../src/views/groups.ts';
import { hrefOf, lasting, setQuery } from '../../address.ts';
import { useAsked } from '../../ask.ts';
import { chosenMethod, hiddenOf } from '../../hidden.ts';
import { MethodChoice } from '../../parts/method-choice.tsx';
import { MethodToggles } from '../../parts/method-toggles.tsx';
import { Standing } from '../../parts/standing.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { GroupCharts } from './group-charts.tsx';
import { GroupTable } from './group-table.tsx';

export const groupsPage: PageDefinition = { name: 'groups', title: 'Groups', ofRun: true, View: Groups };

function Groups({ run, query, version }: PageProps) {
  const path = `runs/${encodeURIComponent(run)}`;
  const found = useAsked<FoundView>(`${path}/answer`, version);
  const answeredAt = found.view?.answer?.createdAt;
  const asked = useAsked<GroupsView>(answeredAt && `${path}/groups`, Date.parse(answeredAt ?? '') || 0);
  return (
    <>
      <h1>For whom does it work?</h1>
      {found.view !== undefined && answeredAt === undefined ? (
        <p>
          There are no results yet. Accuracy by group stands here when the first seed or fold is complete.
        </p>
      ) : (
        <Waiting asked={found.problem === undefined ? asked : { ...asked, problem: found.problem }}>
          {(view) => (
            <>
              <Standing found={found.view} what="These numbers" />
              <ByColumn run={run} query={query} view={view} />
            </>
          )}
        </Waiting>
      )}
    </>
  );
}

function ByColumn({ run, query, view }: Pick<PageProps, 'run' | 'query'> & { readonly view: GroupsView }) {
  const { columns, methods, target, leftOut } = view;
  // What was to be forgotten comes first; the target's own classes are only one more way to group.
  const order = [...columns].sort((a, b) => Number(a.column === target) - Number(b.column === target));
  const column = order.find((one) => one.column === query.by) ?? order[0];
  const hidden = hiddenOf(query);
  const method = chosenMethod(methods, hidden, query.method);
  if (column === undefined) return <p>No label column has two groups or more.</p>;
  const errorsOf = (label: string, ofMethod: string) =>
    hrefOf({
      page: 'errors',
      run,
      query: {
        ...lasting(query),
        method: ofMethod,
        [column.column === target ? 'truth' : `is.${column.column}`]: label,
      },
    });
  return (
    <>
      <p class="lead">
        Accuracy in the {target} on the test clips of each group, in percent: the mean over runs, with its 95%
        confidence interval. “Worst” is the lowest accuracy of a group in each run, “gap” the highest less the
        lowest: groups that are equally hard differ too, by luck, and the more the fewer clips they have.
      </p>
      <div class="filters">
        <label>
          <span>Groups by</span>
          <select value={column.column} onChange={({ currentTarget: { value } }) => setQuery({ by: value })}>
            {order.map((one) => (
              <option key={one.column} value={one.column}>
                {one.column} ({one.labels.length})
              </option>
            ))}
          </select>
        </label>
      </div>
      <MethodToggles methods={methods} hidden={hidden} />
      {method >= 0 && (
        <>
          <MethodChoice methods={methods} hidden={hidden} chosen={method} />
          <GroupCharts view={view} hidden={hidden} column={column} method={method} />
          <GroupTable view={view} hidden={hidden} column={column} method={method} errorsOf={errorsOf} />
        </>
      )}
      {leftOut.length > 0 && (
        <p class="hint">
          Not shown, as they make no groups:{' '}
          {leftOut
            .map((one) => `${one.column} (${one.labels} ${one.labels === 1 ? 'label' : 'labels'})`)
            .join(', ')}
          .
        </p>
      )}
    </>
  );
}
