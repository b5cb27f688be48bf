import { methodColours } from 'antitransfer/charts';
import { useMemo } from 'preact/hooks';
import type { MethodView } from '../../../src/views/comparison.ts';
import { setQuery } from '../address.ts';
import { toggleHidden } from '../hidden.ts';

/** The methods with their colours: a button each, which shows or hides it everywhere. */
export function MethodToggles({
  methods,
  hidden,
}: {
  readonly methods: readonly MethodView[];
  readonly hidden: ReadonlySet<string>;
}) {
  const colours = useMemo(() => methodColours(methods), [methods]);
  return (
    <fieldset class="toggles" aria-label="Methods shown">
      {methods.map(({ id, label, control }) => (
        <button
          key={id}
          type="button"
          aria-pressed={!hidden.has(id)}
          title={hidden.has(id) ? 'Show it' : 'Hide it everywhere'}
          onClick={() => toggleHidden(hidden, id)}
        >
          <span
            class={control ? 'swatch control' : 'swatch'}
            style={{ '--colour': colours.get(id) }}
            aria-hidden="true"
          />
          {label}
        </button>
      ))}
      {hidden.size > 0 && (
        <button type="button" class="all" onClick={() => setQuery({ hidden: '' })}>
          Show all
        </button>
      )}
    </fieldset>
  );
}
