import { methodColours } from 'antitransfer/charts';
import { useId } from 'preact/hooks';
import type { MethodView } from '../../../src/views/comparison.ts';
import { setQuery } from '../address.ts';
import { MethodName } from './method-name.tsx';

/** Chooses the method that a page speaks of; the address keeps it. */
export function MethodChoice({
  methods,
  hidden,
  chosen,
}: {
  readonly methods: readonly MethodView[];
  /** Ids of those that cannot be chosen. */
  readonly hidden: ReadonlySet<string>;
  /** Its index. */
  readonly chosen: number;
}) {
  const colours = methodColours(methods);
  const name = useId();
  return (
    // A legend of a row stands above it in WebKit.
    <fieldset class="method-choice" aria-labelledby={name}>
      <span id={name} class="row-name">
        Method
      </span>
      {methods.map(
        (method, index) =>
          !hidden.has(method.id) && (
            <button
              key={method.id}
              type="button"
              aria-pressed={index === chosen}
              onClick={() => setQuery({ method: method.id })}
            >
              <MethodName method={method} colour={colours.get(method.id)} />
              {index === 0 && <small> reference</small>}
            </button>
          ),
      )}
    </fieldset>
  );
}
