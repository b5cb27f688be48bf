/** One of several, as a row of buttons. */
export function Choice({
  label,
  options,
  chosen,
  onChoose,
}: {
  /** What is chosen; a screen reader says it before the buttons. */
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly text: string }[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  return (
    <fieldset class="choice" aria-label={label}>
      {options.map(({ id, text }) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => onChoose(id)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
