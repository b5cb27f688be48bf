import { useMemo } from 'preact/hooks';
import type { ClipsView, ClipView } from '../../../../src/views/clips.ts';
import { hrefOf } from '../../address.ts';
import type { Choice } from './choice.ts';
import { confusionDifference, confusionOf } from './confusion.ts';
import { ConfusionMatrix } from './confusion-matrix.tsx';

/** What the chosen method takes for what, and how that differs from the reference. */
export function Confusions({
  view,
  choice,
  clips,
  run,
  query,
  onOpen,
}: {
  readonly view: ClipsView;
  readonly choice: Choice;
  /** What is counted. */
  readonly clips: readonly ClipView[];
  readonly run: string;
  readonly query: Readonly<Record<string, string>>;
  /** A cell was opened. */
  readonly onOpen: () => void;
}) {
  const { classes, methods, target } = view;
  const [method, reference] = [methods[choice.method], methods[0]];
  const counts = useMemo(
    () => confusionOf(clips, classes.length, choice.method),
    [clips, classes, choice.method],
  );
  const difference = useMemo(
    () =>
      choice.method === 0 || choice.hidden.has(reference?.id ?? '')
        ? undefined
        : confusionDifference(clips, classes.length, choice.method),
    [clips, classes, choice, reference],
  );
  if (method === undefined || reference === undefined) return null;
  const { label } = method;
  const shared = {
    target,
    classes,
    truth: choice.truth,
    said: choice.said,
    hrefOf: (truth: number | undefined, said: number | undefined) =>
      hrefOf({
        page: 'errors',
        run,
        query: {
          ...query,
          method: method.id,
          truth: truth === undefined ? '' : (classes[truth] ?? ''),
          said: said === undefined ? '' : (classes[said] ?? ''),
          clip: '',
          window: '',
          loop: '',
        },
      }),
  };
  return (
    <section aria-labelledby="confusion">
      <h2 id="confusion">What is taken for what</h2>
      <p class="lead">
        Answers of all runs about the clips that the filters let through. A cell opens its clips.
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: links are pressed, this only hears of it. */}
      <div
        class="matrices"
        onClick={(event) => event.target instanceof Element && event.target.closest('a') && onOpen()}
      >
        <ConfusionMatrix {...shared} caption={`${label}: counts`} matrix={counts} signed={false} />
        {difference !== undefined && (
          <div>
            <ConfusionMatrix
              {...shared}
              caption={`${label} less ${reference.label}`}
              matrix={difference.matrix}
              signed={true}
            />
            {difference.unpaired > 0 && (
              <p class="hint">
                {difference.unpaired} answers are not in the difference: the reference has none about the same
                clip in the same run.
              </p>
            )}
          </div>
        )}
      </div>
    </section>
  );
}
