import { formatPoints, formatShareEstimate, methodColours } from 'antitransfer/charts';
import type { ColumnGroups, GroupsView } from '../../../../src/views/groups.ts';
import { MethodName } from '../../parts/method-name.tsx';
import { Scroll } from '../../parts/scroll.tsx';

type Estimate = Parameters<typeof formatShareEstimate>[0];

/** Accuracy of every group with every method; a number opens the group's clips. */
export function GroupTable({
  view: { methods },
  hidden,
  column,
  method,
  errorsOf,
}: {
  readonly view: GroupsView;
  /** Ids of the methods that are not shown. */
  readonly hidden: ReadonlySet<string>;
  readonly column: ColumnGroups;
  /** The index of the chosen method. */
  readonly method: number;
  readonly errorsOf: (label: string, method: string) => string;
}) {
  const colours = methodColours(methods);
  const chosen = methods[method];
  const subject = (index: number) => (index === method ? 'subject' : undefined);
  const shown = methods.flatMap((one, index) => {
    const of = column.methods[index];
    return hidden.has(one.id) || of === undefined ? [] : [{ ...of, one, index }];
  });
  return (
    <Scroll label={`Accuracy by ${column.column}`}>
      <table class="groups">
        <thead>
          <tr>
            <th scope="col">{column.column}</th>
            <th scope="col">Clips</th>
            {shown.map(({ one, index, all }) => (
              <th key={one.id} scope="col" class={subject(index)}>
                <MethodName method={one} colour={colours.get(one.id)} />
                <small>
                  {all?.n ?? 0} {all?.n === 1 ? 'run' : 'runs'}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {column.labels.map(({ label, clips }) => (
            <tr key={label}>
              <th scope="row">
                <a href={errorsOf(label, chosen?.id ?? '')}>{label}</a>
              </th>
              <td>{clips}</td>
              {shown.map(({ method: id, groups, index }) => (
                <td key={id} class={subject(index)}>
                  <a class="number" href={errorsOf(label, id)} title={`Clips of ${column.column} ${label}`}>
                    <Mean estimate={groups.find(({ group }) => group === label)?.accuracy} />
                  </a>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <Summary title="all" of={shown.map(({ all, index }) => [index, all])} method={method} />
          <Summary title="worst" of={shown.map(({ worst, index }) => [index, worst])} method={method} />
          <Summary title="gap, points" of={shown.map(({ gap, index }) => [index, gap])} method={method} />
          <tr>
            <th scope="row">worst by the mean</th>
            <td />
            {shown.map(({ method: id, groups, all, index }) => (
              <td key={id} class={subject(index)}>
                <Worst groups={groups} all={all} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </Scroll>
  );
}

function Summary({
  title,
  of,
  method,
}: {
  readonly title: string;
  readonly of: readonly (readonly [method: number, estimate: Estimate])[];
  readonly method: number;
}) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td />
      {of.map(([index, estimate]) => (
        <td key={index} class={index === method ? 'subject' : undefined}>
          <Mean estimate={estimate} />
        </td>
      ))}
    </tr>
  );
}

/** The mean, and its interval below it. */
function Mean({ estimate }: { readonly estimate: Estimate }) {
  const [mean, interval] = formatShareEstimate(estimate).split(' [');
  return (
    <>
      {mean}
      {interval !== undefined && <small>[{interval}</small>}
    </>
  );
}

function Worst({
  groups,
  all,
}: {
  readonly groups: ColumnGroups['methods'][number]['groups'];
  readonly all: Estimate;
}) {
  const [lowest] = groups.toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
  if (lowest === undefined || all === undefined) return <>–</>;
  const behind = formatPoints(100 * (lowest.accuracy.mean - all.mean));
  return (
    <>
      {lowest.group}
      <small>{behind} points</small>
    </>
  );
}
