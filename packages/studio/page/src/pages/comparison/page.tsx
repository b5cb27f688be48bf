import type { ComparisonView } from '../../../../src/views/comparison.ts';
import type { CurvesView } from '../../../../src/views/curves.ts';
import { useAsked } from '../../ask.ts';
import { State } from '../../parts/state.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import type { PageDefinition, PageProps } from '../page.ts';

export const comparisonPage: PageDefinition = {
  name: 'comparison',
  title: 'Comparison',
  ofRun: true,
  View: Comparison,
};

function Comparison({ run, version }: PageProps) {
  const path = `runs/${encodeURIComponent(run)}`;
  const asked = useAsked<ComparisonView>(path, version);
  const curves = useAsked<CurvesView>(`${path}/curves`, version);
  return (
    <Waiting asked={asked}>
      {(view) => (
        <>
          <p class="kicker">
            <b>{view.name}</b> · <State state={view.state} />
          </p>
          <h1 class="verdict">{view.answer?.verdict.sentence ?? 'No answer yet.'}</h1>
          <p>{curves.view?.curves.length ?? 0} trainings</p>
        </>
      )}
    </Waiting>
  );
}
