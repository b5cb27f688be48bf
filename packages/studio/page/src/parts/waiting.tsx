import type { ComponentChildren } from 'preact';
import type { Asked } from '../ask.ts';

/** Shows what was asked for as soon as it is there, and why it is not. */
export function Waiting<View>({
  asked: { view, problem },
  children,
}: {
  readonly asked: Asked<View>;
  readonly children: (view: View) => ComponentChildren;
}) {
  return (
    <>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {view === undefined ? problem === undefined && <p class="quiet">One moment …</p> : children(view)}
    </>
  );
}
