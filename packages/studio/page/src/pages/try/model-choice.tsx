import type { ModelsView } from '../../../../src/views/try.ts';
import { setQuery } from '../../address.ts';

/** Which models answer: a row of boxes a method, a box a repetition. */
export function ModelChoice({
  view,
  chosen,
}: {
  readonly view: ModelsView;
  readonly chosen: readonly string[];
}) {
  const methods = [...new Map(view.models.map(({ method, label }) => [method, label]))];
  const toggle = (id: string, isOn: boolean) => {
    const models = view.models
      .map((model) => model.id)
      .filter((one) => (one === id ? isOn : chosen.includes(one)));
    setQuery({ models: models.join(',') });
  };
  return (
    <fieldset class="models">
      <legend>Who answers</legend>
      {methods.map(([method, label]) => (
        <fieldset key={method} aria-label={label}>
          <b>{label}</b>
          {view.models
            .filter((model) => model.method === method)
            .map(({ id, repetition }) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={(event) => toggle(id, event.currentTarget.checked)}
                />
                {repetition}
              </label>
            ))}
        </fieldset>
      ))}
    </fieldset>
  );
}
