import type { ClipsView } from '../../../../src/views/clips.ts';
import { setQuery } from '../../address.ts';
import { type Choice, labelKey, wrongs } from './choice.ts';

/** Which clips the matrices count and the list shows. */
export function Filters({
  view,
  choice,
  query,
}: {
  readonly view: ClipsView;
  readonly choice: Choice;
  readonly query: Readonly<Record<string, string>>;
}) {
  const { classes, columns, target } = view;
  const keys = ['truth', 'said', 'wrong', 'text', ...columns.map(labelKey)];
  const isFiltered = keys.some((key) => (query[key] ?? '') !== '');
  return (
    <search class="filters" aria-label="Clips">
      <label>
        <span>Clip</span>
        <input
          type="search"
          value={query.text ?? ''}
          placeholder="part of its name"
          onInput={(event) => setQuery({ text: event.currentTarget.value })}
        />
      </label>
      <Select title={`True ${target}`} name="truth" query={query} options={classes.map(plain)} />
      <Select title={`Said ${target}`} name="said" query={query} options={classes.map(plain)} />
      <Select
        title="Wrong"
        name="wrong"
        query={query}
        none={wrongs[0].title}
        options={wrongs
          .slice(1)
          .filter(({ name }) => choice.method > 0 || (name !== 'mended' && name !== 'spoilt'))
          .map(({ name, title }) => ({ value: name, title }))}
      />
      {columns.map((column, index) => (
        <Select
          key={column}
          title={column}
          name={labelKey(column)}
          query={query}
          options={labelsOf(view, index).map(plain)}
        />
      ))}
      {isFiltered && (
        <button type="button" onClick={() => setQuery(Object.fromEntries(keys.map((key) => [key, ''])))}>
          Clear filters
        </button>
      )}
    </search>
  );
}

function Select({
  title,
  name,
  query,
  options,
  none = 'any',
}: {
  readonly title: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  readonly options: readonly { readonly value: string; readonly title: string }[];
  /** What no filter is called. */
  readonly none?: string;
}) {
  const value = query[name] ?? '';
  const isKnown = value === '' || options.some((option) => option.value === value);
  return (
    <label>
      <span>{title}</span>
      <select value={value} onChange={(event) => setQuery({ [name]: event.currentTarget.value })}>
        <option value="">{none}</option>
        {!isKnown && <option value={value}>{value} (there is none)</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </label>
  );
}

function plain(value: string) {
  return { value, title: value };
}

function labelsOf({ clips }: ClipsView, column: number): string[] {
  const found = new Set(clips.flatMap(({ labels }) => labels[column] ?? []));
  return [...found].sort(new Intl.Collator('en', { numeric: true }).compare);
}
