import { methodColours } from 'antitransfer/charts';
import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import { MethodName } from '../../parts/method-name.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { tallyOf } from './tally.ts';

/** What is known of a clip, and what each method said of it, training by training. */
export function AnswersOfClip({
  view,
  hidden,
  clip,
}: {
  readonly view: ClipsView;
  /** Ids of the methods that are not shown. */
  readonly hidden: ReadonlySet<string>;
  readonly clip: ClipView;
}) {
  const colours = methodColours(view.methods);
  return (
    <div class="about-clip">
      <dl>
        <div>
          <dt>true {view.target}</dt>
          <dd>{view.classes[clip.truth]}</dd>
        </div>
        {view.columns.map((column, index) => {
          const label = clip.labels[index];
          return (
            label !== null &&
            label !== undefined && (
              <div key={column}>
                <dt>{column}</dt>
                <dd>{label}</dd>
              </div>
            )
          );
        })}
      </dl>
      <Scroll label="What was said">
        <table class="said-of">
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Said</th>
              <th scope="col">Wrong</th>
              <th scope="col">
                Confidence <small>mean</small>
              </th>
            </tr>
          </thead>
          <tbody>
            {view.methods.map((method, index) => {
              if (hidden.has(method.id)) return null;
              const { runs, wrong, confidence } = tallyOf(clip, index);
              return (
                <tr key={method.id}>
                  <th scope="row">
                    <MethodName method={method} colour={colours.get(method.id)} />
                  </th>
                  <td>
                    {(clip.answers[index] ?? []).map(([repetition, said, sure], i) => (
                      <span
                        key={repetition}
                        class={said === clip.truth ? 'right' : undefined}
                        title={`${view.repetitions[repetition]?.name}: ${view.classes[said]} with ${sure.toFixed(3)}`}
                      >
                        {i > 0 && ' '}
                        {view.classes[said]}
                        {said === clip.truth && '✓'}
                      </span>
                    ))}
                  </td>
                  <td class="runs">{runs === 0 ? 'not tested' : `${wrong} of ${runs}`}</td>
                  <td>{confidence?.toFixed(2) ?? '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
