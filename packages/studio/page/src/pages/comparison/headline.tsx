import type { ComparisonView } from '../../../../src/views/comparison.ts';
import type { FoundView } from '../../../../src/views/found.ts';
import { Command } from '../../parts/command.tsx';
import { Standing } from '../../parts/standing.tsx';
import { State } from '../../parts/state.tsx';
import { timeLeftText } from '../../parts/time-left.ts';

/** The verdict first, in the report's words; what it rests on; and how far the comparison is. */
export function Headline({
  view,
  found: known,
}: {
  readonly view: ComparisonView;
  readonly found: FoundView | undefined;
}) {
  const answer = known?.answer;
  const left = timeLeftText(view.left);
  const done = view.jobs.filter(({ state }) => state === 'done').length;
  const found = answer?.verdict.sentence;
  // What is of before more was asked for may be older than the report, which is written anew with each repetition.
  const isLatest = view.state === 'done' && known?.standing === undefined;
  const verdict = isLatest ? (found ?? view.verdict) : (view.verdict ?? found);
  return (
    <>
      <p class="kicker">
        <b>{view.name}</b> · <State state={view.state} /> · {done} of {view.jobs.length} jobs
        {left !== '' && ` · ${left}`}
      </p>
      <Stopped view={view} />
      {verdict !== undefined && view.state !== 'done' && (
        <p class="so-far">
          So far, {repetitionsDone(view)} seeds or folds complete; the verdict is that of the report, which is
          written anew as each comes in.
        </p>
      )}
      <h1 class="verdict">{verdict ?? 'No answer yet.'}</h1>
      {answer !== undefined && (
        <>
          {known?.standing === 'earlier' && <Standing found={known} what="The reasons and facts below" />}
          <ul class="reasons">
            {answer.verdict.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
          <dl class="facts">
            {answer.facts.map(([term, fact]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{fact}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

/** How to go on where nobody does. */
function Stopped({ view: { state, jobs, continueWith } }: { readonly view: ComparisonView }) {
  const failed = jobs.filter((job) => job.state === 'failed');
  // An export names no folder: there is nothing to type.
  if ((state !== 'stopped' && state !== 'failed') || continueWith === '') return null;
  const [first] = failed;
  return (
    <div class="to-continue" role="status">
      <p>
        {first === undefined
          ? 'Stopped, continue with'
          : `${failed.length} failed (${first.name}: ${first.message ?? 'it did not say why'}) Try again with`}
      </p>
      <Command text={continueWith} />
      <p class="quiet">
        What is done stays done; a training goes on from its last checkpoint, to the same numbers.
      </p>
    </div>
  );
}

/** `2 of 5`: those whose tests are all done. */
function repetitionsDone({ jobs }: ComparisonView): string {
  const tests = jobs.filter(({ kind }) => kind === 'test');
  const all = [...new Set(tests.map(({ repetition }) => repetition))];
  const done = all.filter((repetition) =>
    tests.every((test) => test.repetition !== repetition || test.state === 'done'),
  );
  return `${done.length} of ${all.length}`;
}
