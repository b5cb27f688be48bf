import type { MethodView } from '../../../src/views/comparison.ts';

/** The method's name behind a dot in its colour; hollow for a control, as in charts. */
export function MethodName({
  method: { label, control },
  colour = 'currentColor',
}: {
  readonly method: MethodView;
  readonly colour?: string | undefined;
}) {
  return (
    <span class="method">
      <span class={`swatch${control ? ' control' : ''}`} style={{ '--colour': colour }} />
      {label}
    </span>
  );
}
