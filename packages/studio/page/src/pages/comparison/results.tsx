import { methodColours } from 'antitransfer/charts';
import { useMemo } from 'preact/hooks';
import type { AnswerView, TableView } from '../../../../src/views/answer.ts';
import type { MethodView } from '../../../../src/views/comparison.ts';
import { Scroll } from '../../parts/scroll.tsx';

/** The report's tables: a row a method. */
export function Results({
  answer: { tables },
  methods,
  hidden,
}: {
  readonly answer: AnswerView;
  readonly methods: readonly MethodView[];
  readonly hidden: ReadonlySet<string>;
}) {
  const colours = useMemo(() => methodColours(methods), [methods]);
  return (
    <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <p class="lead">
        Test clips, mean ± standard deviation over runs, whose number stands last. Gains are paired with the
        first row; intervals are of 95%.
      </p>
      {tables.map((table) => (
        <Table key={table.title} table={table} hidden={hidden} colours={colours} />
      ))}
    </section>
  );
}

function Table({
  table: { title, columns, rows },
  hidden,
  colours,
}: {
  readonly table: TableView;
  readonly hidden: ReadonlySet<string>;
  readonly colours: ReadonlyMap<string, string>;
}) {
  return (
    <Scroll label={title}>
      <table class="results">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            {columns.map(({ id, heading, unit }) => (
              <th key={id} scope="col">
                {heading} {unit !== '' && <small>{unit}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .filter(({ method }) => !hidden.has(method))
            .map(({ method, label, role, best, cells }) => (
              <tr key={method} class={best ? 'best' : undefined}>
                <th scope="row">
                  <span
                    class={role === 'control' ? 'swatch control' : 'swatch'}
                    style={{ '--colour': colours.get(method) }}
                    aria-hidden="true"
                  />
                  {label} {role !== '' && <small>{role}</small>}
                </th>
                {cells.map((cell, index) => (
                  <td key={columns[index]?.id}>
                    <Cell text={cell} />
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** A deviation or an interval stands back behind its mean. */
function Cell({ text }: { readonly text: string }) {
  const [, mean = text, rest] = /^(.+?)( [±[].*)$/.exec(text) ?? [];
  return (
    <>
      {mean}
      {rest !== undefined && <small>{rest}</small>}
    </>
  );
}
