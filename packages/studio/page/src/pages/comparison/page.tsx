import { useMemo } from 'preact/hooks';
import type { ComparisonView } from '../../../../src/views/comparison.ts';
import type { FoundView } from '../../../../src/views/found.ts';
import { type Asked, isExport, useAsked } from '../../ask.ts';
import { hiddenOf } from '../../hidden.ts';
import { MethodToggles } from '../../parts/method-toggles.tsx';
import { Standing } from '../../parts/standing.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';
import { Curves } from './curves.tsx';
import { Forgetting } from './forgetting.tsx';
import { Headline } from './headline.tsx';
import { Jobs } from './jobs.tsx';
import { Pinned } from './pinned.tsx';
import { Results } from './results.tsx';
import { Strip } from './strip.tsx';

export const comparisonPage: PageDefinition = {
  name: 'comparison',
  title: 'Comparison',
  ofRun: true,
  View: Comparison,
};

function Comparison(props: PageProps) {
  const path = `runs/${encodeURIComponent(props.run)}`;
  const asked = useAsked<ComparisonView>(path, props.version);
  const found = useAsked<FoundView>(`${path}/answer`, props.version);
  return <Waiting asked={asked}>{(view) => <Content {...props} view={view} found={found} />}</Waiting>;
}

function Content({
  run,
  query,
  version,
  view,
  found,
}: PageProps & { readonly view: ComparisonView; readonly found: Asked<FoundView> }) {
  const hidden = useMemo(() => hiddenOf({ hidden: query.hidden ?? '' }), [query.hidden]);
  const answer = found.view?.answer;
  return (
    <>
      <Headline view={view} found={found.view} />
      <MethodToggles methods={view.methods} hidden={hidden} />
      {/* What takes longer to be there must not hold up the rest. */}
      {(view.verdict !== undefined || found.problem !== undefined) && (
        <Waiting asked={found}>
          {() =>
            answer !== undefined && (
              <>
                <Standing found={found.view} what="The tables and gains below" />
                <Results answer={answer} methods={view.methods} hidden={hidden} />
                <section aria-labelledby="gain">
                  <h2 id="gain">Does it help?</h2>
                  <p class="lead">
                    A small dot is one run (against its partner with the same seed), the large one the mean;
                    the bar is the 95% confidence interval of the mean. A bar that crosses the line shows
                    neither a gain nor that there is none.
                  </p>
                  <Strip figure={answer.strips.gain} hidden={hidden} />
                  <Strip figure={answer.strips.accuracy} hidden={hidden} />
                </section>
                <Forgetting answer={answer} hidden={hidden} />
              </>
            )
          }
        </Waiting>
      )}
      <Curves
        run={run}
        query={query}
        version={version}
        methods={view.methods}
        hidden={hidden}
        chance={answer?.chance}
      />
      <Jobs view={view} />
      {!isExport && <Pinned run={run} pinned={query.pinned ?? ''} version={version} />}
      {view.report !== undefined && (
        <p class="quiet report">
          The report, to send and to print, lies at <code>{view.report}</code>.
        </p>
      )}
    </>
  );
}
